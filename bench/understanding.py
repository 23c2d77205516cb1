"""How many test messages a model understands, told by `make nlu`'s own code.

Rasa lives in its own environment, so this module is also a program there:
`.venv-rasa/bin/python -m bench.understanding MODEL` prints the figures as JSON.
"""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from scripts import nlu, nlu_scores

ROOT = Path(__file__).resolve().parent.parent
RASA = ROOT / ".venv-rasa" / "bin" / "python"
KEPT = ROOT / "var" / "bench" / "understanding"


def understanding(model: Path) -> dict[str, float]:
    """Kept for as long as the model and the test messages stay the same."""
    digest = hashlib.sha256(model.read_bytes())
    for file in sorted(nlu.TESTS.glob("*.yml")):
        digest.update(file.read_bytes())
    kept = KEPT / f"{digest.hexdigest()[:16]}.json"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(_asked(model), encoding="utf-8")
    figures: dict[str, float] = json.loads(kept.read_text(encoding="utf-8"))
    return figures


def _asked(model: Path) -> str:
    command = [str(RASA), "-m", "bench.understanding", str(model)]
    done = subprocess.run(command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{model} could not be judged:\n{done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1]


if __name__ == "__main__":
    print(json.dumps(nlu_scores.summary(nlu.judge(Path(sys.argv[1]), nlu.cases()))))
