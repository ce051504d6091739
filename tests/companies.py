"""Which tests follow one another in one process, while other processes run others."""

from xdist.scheduler import LoadFileScheduling


class Companies(LoadFileScheduling):  # type: ignore[misc]
    """Tests with browsers are one company, tests with workers of their own another: they mostly wait, and are late
    where another of their kind takes the machine. Each other file is a company.
    """

    def _split_scope(self, nodeid: str) -> str:
        path: str = nodeid.partition("::")[0]
        if path.startswith("tests/browser/"):
            return "browser"
        return "workers" if path.startswith("tests/portal/test_worker") else path
