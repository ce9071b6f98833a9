"""What buckets of Amazon's and Google's have both: files and folders, by the few calls that each brings."""
import os

from ._artifacts import compatible


class Bucket:
    """Needs `_get`, `_put`, `_names` of keys below the bucket's folder, and `_where`, the start of addresses."""

    def _key(self, path):
        folder = (self.bucket_folder or "").strip("/")
        path = str(path).lstrip("/")
        inside = not folder or path == folder or path.startswith(folder + "/")
        return path if inside else folder + "/" + path if path else folder

    def _resolve_path(self, path):
        return self._where() + self._key(path)

    def read_path(self, path):
        return compatible(self._get(self._key(path)))

    def write_path(self, path, content):
        self._put(self._key(path), content)
        return compatible(self._key(path))

    def download_object_to_path(self, from_path, to_path=None, **options):
        place = os.path.abspath(str(to_path or os.path.basename(str(from_path))))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(self._get(self._key(from_path)))
        return compatible(type(to_path)(place) if isinstance(to_path, os.PathLike) else place)

    def download_object_to_file_object(self, from_path, to_file_object, **options):
        to_file_object.write(self._get(self._key(from_path)))
        return compatible(to_file_object)

    def upload_from_path(self, from_path, to_path=None, **options):
        key = self._key(to_path or os.path.basename(str(from_path)))
        with open(str(from_path), "rb") as file:
            self._put(key, file.read())
        return compatible(key)

    def upload_from_file_object(self, from_file_object, to_path, **options):
        self._put(self._key(to_path), from_file_object.read())
        return compatible(self._key(to_path))

    def download_folder_to_path(self, from_folder="", to_folder=None, **options):
        start = self._key(from_folder or "")
        target = os.path.abspath(str(to_folder or "."))
        for name in self._names(start):
            place = os.path.join(target, name[len(start) :].lstrip("/"))
            if not name.endswith("/"):
                os.makedirs(os.path.dirname(place), exist_ok=True)
                with open(place, "wb") as file:
                    file.write(self._get(name))
        return compatible(target)

    def get_directory(self, from_path=None, local_path=None):
        return self.download_folder_to_path(from_path or "", local_path)

    def upload_from_folder(self, from_folder, to_folder=None, **options):
        source = os.path.abspath(str(from_folder))
        for folder, _, names in os.walk(source):
            for name in names:
                path = os.path.join(folder, name)
                inner = os.path.relpath(path, source).replace(os.sep, "/")
                self.upload_from_path(path, "/".join(part for part in (str(to_folder or "").rstrip("/"), inner) if part))
        return compatible(self._key(to_folder or ""))

    def put_directory(self, local_path=None, to_path=None, ignore_file=None):
        self.upload_from_folder(local_path or ".", to_path)
        return compatible(sum(len(names) for _, _, names in os.walk(str(local_path or "."))))
