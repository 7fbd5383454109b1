# Markdown with the lines of fenced code emptied, so that line numbers stay. A fence is of backquotes or tildes, and ends with
# at least as many of the same. What has backquotes behind its backquotes is code within a line.
FNR == 1 { fence = "" }

{
	line = $0
	sub(/^[ \t>]*/, "", line)
	match(line, /^(```+|~~~+)/)
	mark = RLENGTH > 0 ? substr(line, 1, RLENGTH) : ""
	rest = substr(line, length(mark) + 1)
}

fence != "" {
	if (index(mark, fence) == 1 && rest ~ /^[ \t]*$/)
		fence = ""
	print ""
	next
}

mark != "" && (mark ~ /^~/ || rest !~ /`/) {
	fence = mark
	print ""
	next
}

{ print }
