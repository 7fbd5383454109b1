{{/* The name of every object: the release's. */}}
{{- define "socket-bind-exporter.name" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* By which pods are found: it may never change. */}}
{{- define "socket-bind-exporter.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
{{- end -}}

{{- define "socket-bind-exporter.labels" -}}
{{ include "socket-bind-exporter.selector" . }}
app.kubernetes.io/component: exporter
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "socket-bind-exporter.priorityClass" -}}
{{- .Values.priorityClass.create | ternary (include "socket-bind-exporter.name" .) .Values.priorityClass.name -}}
{{- end -}}
