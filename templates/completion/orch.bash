# Completion of orch for bash: source <(orch completion bash)
_orch() {
  local line="${COMP_LINE:0:COMP_POINT}" command word candidate prefix
  local -a words
  read -r -a words <<< "$line"
  case "$line" in *[[:space:]]) words+=("") ;; esac
  command="${words[0]/#\~/$HOME}"
  word="${words[${#words[@]}-1]}"
  # Readline cuts words at these characters, and puts a candidate behind the last cut.
  prefix=""
  case "$COMP_WORDBREAKS" in *:*) case "$word" in *[:=]*) prefix="${word%"${word##*[:=]}"}" ;; esac ;; esac
  COMPREPLY=()
  while IFS= read -r candidate; do
    candidate="${candidate%%$'\t'*}"
    case "$candidate" in
      :files) compopt -o default 2>/dev/null; COMPREPLY=(); return ;;
      :folders) compopt -o dirnames 2>/dev/null; COMPREPLY=(); return ;;
    esac
    # What follows the `=` of a field belongs to the same word.
    case "$candidate" in *=) compopt -o nospace 2>/dev/null ;; esac
    printf -v candidate '%q' "${candidate#"$prefix"}"
    COMPREPLY+=("$candidate")
  done < <("$command" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _orch orch
