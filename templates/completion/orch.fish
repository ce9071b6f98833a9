# Completion of orch for fish: orch completion fish | source
function __orch_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete $words[2..-1] "$current" 2>/dev/null)
    switch "$lines[1]"
        case :files
            __fish_complete_path "$current"
        case :folders
            __fish_complete_directories "$current" ''
        case '*'
            printf '%s\n' $lines
    end
end
complete -c orch -f -a '(__orch_complete)'
