"""Keys of caches: hashes of values and of files."""


def stable_hash(*parts, hash_algo=None):
    """Of texts and bytes."""
    import hashlib

    found = (hash_algo or hashlib.md5)()
    for part in parts:
        found.update(part.encode() if isinstance(part, str) else part)
    return found.hexdigest()


def file_hash(path, hash_algo=None):
    with open(path, "rb") as file:
        return stable_hash(file.read(), hash_algo=hash_algo)


def hash_objects(*args, hash_algo=None, **kwargs):
    """Of any values; None where they can neither be JSON nor be pickled."""
    import json

    from ._schema import plain

    try:
        text = json.dumps(plain([args, kwargs]), sort_keys=True)
    except (TypeError, ValueError):
        import pickle

        try:
            text = pickle.dumps((args, kwargs))
        except Exception:
            return None
    return stable_hash(text, hash_algo=hash_algo)
