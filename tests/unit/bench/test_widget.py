from pathlib import Path

from bench.widget import modules


def test_all_that_is_imported_counts_once(tmp_path: Path):
    (tmp_path / "chat.js").write_text(
        "import { a } from './a.js';\nimport './b.js';\nimport {\n  c,\n} from './c.js';\n"
    )
    (tmp_path / "a.js").write_text("import { b } from './b.js';\nexport { d } from './d.js';\n")
    (tmp_path / "c.js").write_text("const later = () => import('./e.js');\n")
    for name in ("b.js", "d.js", "e.js", "unused.js"):
        (tmp_path / name).write_text("export const x = 1; // import './unused.js'\n")

    assert sorted(modules(tmp_path, "chat.js")) == ["a.js", "b.js", "c.js", "chat.js", "d.js", "e.js"]
