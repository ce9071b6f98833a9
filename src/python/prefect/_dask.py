"""The task runner of prefect_dask, without Dask: tasks run in threads, and a log line says so."""
from ._missing import said_missing
from ._runners import ConcurrentTaskRunner

NOTE = "DaskTaskRunner: the built-in engine has no Dask, so tasks run in threads of this process. With Prefect and prefect-dask installed for its Python, Dask runs them."


class DaskTaskRunner(ConcurrentTaskRunner):
    """Stands in for a cluster of this machine; one elsewhere is refused."""

    def __init__(self, cluster=None, address=None, cluster_class=None, cluster_kwargs=None, adapt_kwargs=None, client_kwargs=None):
        if cluster is not None or address or cluster_class and "LocalCluster" not in str(cluster_class):
            raise ImportError(said_missing("'prefect_dask.DaskTaskRunner' with a cluster elsewhere"))
        given = cluster_kwargs or {}
        workers = (given.get("n_workers") or 0) * (given.get("threads_per_worker") or 1)
        super().__init__(max_workers=workers or None)
        self.is_said = False

    def start(self, steps, future):
        if not self.is_said:
            self.is_said = True
            from ._log import get_run_logger

            get_run_logger().warning(NOTE)
        super().start(steps, future)
