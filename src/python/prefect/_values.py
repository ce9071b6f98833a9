"""Checks the parameters of a flow, and makes them what their annotations say, as pydantic 1 does: "5" for an int is 5."""
import inspect

from ._api import PrefectException


class ParameterTypeError(PrefectException):
    """A value that does not fit its parameter."""


class ParameterBindError(PrefectException, TypeError):
    """A call that its function does not take."""


def bind(fn, args, kwargs):
    """The parameters of a call by name, defaults among them."""
    signature = inspect.signature(fn)
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise ParameterBindError(bind_failure(fn, error, args, kwargs)) from None
    bound.apply_defaults()
    return dict(bound.arguments)


def bind_failure(fn, error, args, kwargs):
    name = getattr(fn, "__name__", type(fn).__name__)
    signature = str(inspect.signature(fn)).strip("()")
    first = "Error binding parameters for function '%s': %s." % (name, error)
    return "%s\nFunction '%s' has signature '%s' but received args: %s and kwargs: %s." % (first, name, signature, args, kwargs)


def call_with(fn, parameters):
    """The arguments of a call with these parameters."""
    args = []
    kwargs = {}
    for name, parameter in inspect.signature(fn).parameters.items():
        if name not in parameters:
            continue
        value = parameters[name]
        if parameter.kind is parameter.VAR_POSITIONAL:
            args.extend(value)
        elif parameter.kind is parameter.VAR_KEYWORD:
            kwargs.update(value)
        elif parameter.kind is parameter.KEYWORD_ONLY:
            kwargs[name] = value
        else:
            args.append(value)
    return args, kwargs


def validated(fn, given):
    """The parameters of a run, checked. Those that are not given have the function's defaults."""
    import typing

    from ._fitting import fitted, words_of
    from ._schema import hints_of

    signature = inspect.signature(fn)
    hints = hints_of(fn)
    names = list(signature.parameters)
    problems = ["%s: unexpected parameter; the flow has %s" % (name, ", ".join(names) or "none") for name in given if name not in names]
    found = {}
    for name, parameter in signature.parameters.items():
        is_many = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if name not in given:
            if is_many:
                found[name] = () if parameter.kind is parameter.VAR_POSITIONAL else {}
            elif parameter.default is parameter.empty:
                problems.append("%s: field required" % name)
            else:
                found[name] = parameter.default
            continue
        hint = hints.get(name, inspect.Parameter.empty)
        if hint is inspect.Parameter.empty:
            found[name] = given[name]
            continue
        if is_many:
            hint = typing.Tuple[hint, ...] if parameter.kind is parameter.VAR_POSITIONAL else typing.Dict[str, hint]
        if given[name] is None and parameter.default is None:
            found[name] = None
            continue
        try:
            found[name] = fitted(given[name], hint)
        except Exception as error:
            problems += ["%s: %s" % (name, said) for said in words_of(error)]
    if problems:
        raise ParameterTypeError("Flow run received invalid parameters:\n - " + "\n - ".join(problems))
    return found


class Checked:
    """The parameters of one run as its flow gets them. They are checked once: a generator among them can be read only once."""

    def __init__(self, flow, given):
        # As they were given where they are wrong, which is reported when the run begins.
        self.parameters, self.error = given, None
        try:
            if flow.should_validate_parameters:
                self.parameters = validated(flow.fn, given)
        except Exception as error:
            self.error = error

    def get(self):
        if self.error is not None:
            raise self.error
        return self.parameters


for _kind in (ParameterTypeError, ParameterBindError):
    _kind.__module__ = "prefect.exceptions"
