{{/* The name of every object: the release's name, unless fullnameOverride is set. */}}
{{- define "socket-bind-exporter.name" -}}
{{- default .Release.Name .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The label that selects the pods. It must never change. */}}
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

{{- define "socket-bind-exporter.image" -}}
{{- .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion -}}
{{- end -}}

{{/* The nodes that pods run on, and the Secrets for pulling the image. */}}
{{- define "socket-bind-exporter.nodes" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
nodeSelector:
  kubernetes.io/os: linux
  {{- with .Values.nodeSelector }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
        - matchExpressions:
            - key: kubernetes.io/arch
              operator: In
              values: [amd64, arm64]
            - key: type
              operator: NotIn
              values: [virtual-kubelet]
            - key: eks.amazonaws.com/compute-type
              operator: NotIn
              values: [fargate]
tolerations:
  - operator: Exists
{{- end -}}
