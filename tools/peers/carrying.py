"""What the reference province does by itself: receipts to the city's door, and its side of the file mode."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tools.peers.holding import Answer
from tools.peers.province import Province
from tools.peers.sealing import canonical, lay_down, sm3

PAUSE = 0.2


class City:
    """The city's door, reached with the credentials of an API client; a token is asked for when it is needed."""

    def __init__(self, url: str, client: str, secret: str) -> None:
        self.url, self.client, self.secret = url.rstrip("/"), client, secret
        self._token = ""

    def send(self, path: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Post a document and return what was answered; asks for a new token once where the old one is over."""
        status, answer = self._post(path, document)
        if status == 401:
            self._token = ""
            status, answer = self._post(path, document)
        return status, answer

    def _post(self, path: str, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self._token or self._new_token()}"}
        request = urllib.request.Request(self.url + path, canonical(document), headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"{}")

    def _new_token(self) -> str:
        words = urllib.parse.urlencode(
            {"grant_type": "client_credentials", "client_id": self.client, "client_secret": self.secret,
             "scope": "exchange"}
        )  # fmt: skip
        with urllib.request.urlopen(f"{self.url}/oauth/token", words.encode(), timeout=20) as answer:
            self._token = str(json.load(answer)["access_token"])
        return self._token


def carry(province: Province, city: City | None, outgoing: Path | None, incoming: Path | None) -> threading.Event:
    """Carry receipts and files in the background until the event is set."""
    stop = threading.Event()
    province.incoming = incoming

    def run() -> None:
        while not stop.wait(PAUSE):
            if city is not None:
                tell_city(province, city)
            if outgoing is not None and incoming is not None:
                take_files(province, outgoing, incoming)

    threading.Thread(target=run, daemon=True).start()
    return stop


def tell_city(province: Province, city: City) -> int:
    """Bring every receipt that is untold to the city's door; one that cannot be brought now is brought later."""
    told = 0
    for receipt in province.do_receipts({"keep": True})["receipts"]:
        try:
            status, _ = city.send("/api/v1/exchange/receipts", receipt)
        except (OSError, ValueError, KeyError):
            return told
        if status < 500 and status not in {401, 403, 429}:
            province.do_told(receipt)
            told += status == 200
    return told


def take_files(province: Province, outgoing: Path, incoming: Path) -> int:
    """Take each batch that lies ready, lay its receipt and the new holdings down, and put the batch away."""
    taken = 0
    for path in sorted(outgoing.glob("[!.]*.json")):
        content, seal = path.read_bytes(), path.with_name(f"{path.name}.sm3")
        sound = seal.is_file() and seal.read_text().strip() == sm3(content)
        folder = outgoing / ("done" if sound else "refused")
        folder.mkdir(exist_ok=True)
        if sound:
            document = json.loads(content)
            lay_down(incoming, f"{document['batch_no']}.receipt.json", answer_to(province, document))
            province.lay_holdings(str(document["kind"]))
            taken += 1
        for part in (path, seal):
            if part.exists():
                part.replace(folder / part.name)
    return taken


def answer_to(province: Province, document: dict[str, Any]) -> dict[str, Any]:
    """Return the receipt of a batch that came as a file; one refused as a whole refuses each record."""
    try:
        province.batch(document, {})
        receipt = province.work(str(document["batch_no"]))
    except Answer as no:
        said = {"code": str(no.content.get("code", "E9999")), "message": str(no.content.get("message", ""))}
        rows = [{"rec_uid": row["rec_uid"], "generation": row["generation"], **said} for row in document["records"]]
        return {"batch_no": document["batch_no"], "digest": document["digest"], "receipts": rows}
    province.do_told({"batch_no": document["batch_no"]})
    return receipt
