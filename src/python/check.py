"""Prints the syntax errors of Python files, as JSON: `python3 -c SOURCE`, with the paths as a JSON list on standard input."""
import json
import sys
import warnings

warnings.simplefilter("ignore")
problems = []
for path in json.load(sys.stdin):
    try:
        with open(path, "rb") as file:
            compile(file.read(), path, "exec", dont_inherit=True)
    except SyntaxError as error:
        problems.append({"file": path, "line": error.lineno, "column": error.offset, "message": error.msg})
    except (OSError, ValueError) as error:
        problems.append({"file": path, "line": None, "column": None, "message": str(error)})
print(json.dumps(problems))
