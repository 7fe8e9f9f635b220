"""The page `/verify` calls operations by words of its language, also inside a detail, which is the verifier's own sentence."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from server.ground.words import Language
from server.records.verify.evidence import Operation
from server.records.verify_page.routes import _words
from server.sync.up.kinds import KINDS

MODULE = Path(__file__).parents[3] / "server" / "records" / "verify_page" / "files" / "named.js"
RUN = """import { named } from %s;
const [details, operations] = JSON.parse(process.argv[2]);
console.log(JSON.stringify(details.map((one) => named(one, operations))));"""


def operation(seq: int, kind: str) -> str:
    """As a finding of either verifier names it."""
    return Operation("", {"seq": seq, "kind": kind}, "", 0, "applied").name


@pytest.mark.skipif(shutil.which("node") is None, reason="the page's modules are run by Node 20")
def test_a_detail_names_operations_in_the_pages_language(tmp_path: Path) -> None:
    details = [
        f"{operation(7, 'check_in')} is not signed by its device; {operation(8, 'part_used')} is odd",
        f"{operation(9, 'constructor')} is odd (check_in)",
        "3 operations",
    ]
    script = tmp_path / "run.mjs"
    script.write_text(RUN % json.dumps(str(MODULE)))
    command = ["node", "--no-warnings", str(script), json.dumps([details, _words()["zh-CN"]["operations"]])]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert json.loads(done.stdout) == [
        "operation 7 (到达签到) is not signed by its device; operation 8 (使用配件) is odd",
        *details[1:],
    ]


@pytest.mark.parametrize("language", Language)
def test_the_page_has_a_word_for_every_operation(language: Language) -> None:
    assert _words()[language.value]["operations"].keys() == KINDS.keys()
