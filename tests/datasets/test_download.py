"""files.download against a server on this machine that can break off, refuse, or lie."""

import errno
import hashlib
import re
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tinymledu import files
from tinymledu.errors import DiskFullError, DownloadError
from tinymledu.files import download

CONTENT = bytes(range(256)) * 4096  # 1 MiB
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves CONTENT. `break_after` bytes of each answer the connection is closed."""

    break_after: int | None = None
    knows_ranges = True
    ranges: list[str | None]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.ranges.append(asked)
        if self.path == "/missing":
            self.send_error(404)
            return
        start = int(re.findall(r"\d+", asked)[0]) if asked and self.server.knows_ranges else 0
        if start >= len(CONTENT):
            self.send_error(416)
            return
        body = CONTENT[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.break_after])

    def log_message(self, *_args):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with Server(("127.0.0.1", 0), Handler) as server:
        server.ranges = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def url(server, path="file"):
    return f"http://127.0.0.1:{server.server_port}/{path}"


def test_file_arrives_whole_with_progress(server, tmp_path):
    seen = []

    path = download(
        [url(server)], tmp_path / "file", sha256=SHA256, progress=lambda *a: seen.append(a)
    )

    assert path.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == ["file"]


def test_broken_connection_is_continued_where_it_broke(server, tmp_path):
    server.break_after = 300_000

    download([url(server)], tmp_path / "file", sha256=SHA256)

    assert (tmp_path / "file").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_interrupted_download_keeps_what_came_and_goes_on_next_time(server, tmp_path):
    server.break_after = 100_000  # five attempts bring 500,000 bytes
    with pytest.raises(
        DownloadError, match=r"500,000 bytes are kept, and the same command goes on"
    ):
        download([url(server)], tmp_path / "file", sha256=SHA256)
    server.break_after, server.ranges = None, []

    download([url(server)], tmp_path / "file", sha256=SHA256)

    assert server.ranges == ["bytes=500000-"]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_interruption_by_the_user_keeps_what_came(server, tmp_path):
    def stop(done, _total):
        if done > 500_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download([url(server)], tmp_path / "file", sha256=SHA256, progress=stop)

    assert (tmp_path / "file.part").stat().st_size > 500_000


def test_server_that_knows_no_ranges_is_read_from_the_start(server, tmp_path):
    server.knows_ranges = False
    (tmp_path / "file.part").write_bytes(CONTENT[:1000])

    assert download([url(server)], tmp_path / "file", sha256=SHA256).read_bytes() == CONTENT


def test_part_that_was_already_whole_is_taken(server, tmp_path):
    (tmp_path / "file.part").write_bytes(CONTENT)

    assert download([url(server)], tmp_path / "file", sha256=SHA256).read_bytes() == CONTENT


def test_file_that_is_there_is_not_fetched_again(server, tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)

    download([url(server)], tmp_path / "file", sha256=SHA256)

    assert server.ranges == []


def test_next_address_is_tried_and_all_reasons_are_named(server, tmp_path):
    addresses = [url(server, "missing"), url(server)]
    assert download(addresses, tmp_path / "file", sha256=SHA256).read_bytes() == CONTENT

    with pytest.raises(DownloadError, match=r"other could not be fetched\. http.*answered 404"):
        download(addresses[:1], tmp_path / "other", sha256=SHA256)


def test_wrong_checksum_is_said_as_pooch_says_it_and_the_file_is_gone(server, tmp_path):
    with pytest.raises(DownloadError) as failure:
        download([url(server)], tmp_path / "file", sha256="0" * 64)

    assert str(failure.value) == (
        f"SHA256 hash of downloaded file ({url(server)}) does not match the known hash: expected "
        f"{'0' * 64} but got {SHA256}. Deleted download for safety. The downloaded file may have "
        "been corrupted or the known hash may be outdated."
    )
    assert not (tmp_path / "file.part").exists()
    assert not (tmp_path / "file").exists()


def test_no_network_is_said_in_words(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")

    with pytest.raises(DownloadError, match=r"file could not be fetched\. http.*no connection"):
        download(["http://127.0.0.1:1/file"], tmp_path / "file", sha256=SHA256)


def test_full_disk_is_said_before_the_download_starts(server, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(files.shutil, "disk_usage", lambda _path: usage)

    with pytest.raises(DiskFullError, match=r"is full: 1\.0 MiB are still to come and 1000"):
        download([url(server)], tmp_path / "file", sha256=SHA256)


def test_a_disk_that_fills_while_the_file_comes_is_named_and_keeps_the_part(server, tmp_path):
    def fills_up(done, _total):
        if done > 500_000:
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(DiskFullError, match=r"is full: No space left on device\. What has arrived"):
        download([url(server), url(server)], tmp_path / "file", sha256=SHA256, progress=fills_up)

    assert (tmp_path / "file.part").stat().st_size > 500_000
    assert server.ranges == [None]
