#compdef orch
# Completion of orch for zsh: source <(orch completion zsh), or save it as _orch in a folder of your fpath.
_orch() {
  local line
  local -a candidates space
  for line in "${(@f)$("${(Q)words[1]/#\~/$HOME}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      '') ;;
      :files) _files; return ;;
      :folders) _files -/; return ;;
      *=|*=$'\t'*) space=(-S '') ;|
      *$'\t'*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
      *) candidates+=("${line//:/\\:}") ;;
    esac
  done
  (( ${#candidates} )) && _describe -V orch candidates "${space[@]}"
}
if [ "${funcstack[1]}" = "_orch" ]; then
  _orch "$@"
else
  (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
  compdef _orch orch
fi
