import pytest


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    """Every test starts with nothing kept, and leaves nothing behind."""
    monkeypatch.setenv("TINYMLEDU_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"
