"""Many C files become one that does the same, whatever names they share."""

from pathlib import Path

from exported import C99, compile_with, output_of

from tinymledu.boards.exports.amalgamate import STANDARD, amalgamate

PIECES = Path(__file__).parent / "pieces"
PRINTED = "11112 20220\n"  # 10000 + 10 + 100 + 1000 + 2 and 20000 + 20 + 200


def write_one_file(folder, name):
    """The pieces as NAME.c, with a header that declares NAME_print."""
    files = {path.name: path.read_text().replace("NAME", name) for path in PIECES.iterdir()}
    heading = {
        "model_name": name,
        "model_sha256": "0",
        "version": "0",
        "standard": STANDARD,
        "public_header": f"{name}.h",
    }
    (folder / f"{name}.c").write_text(amalgamate(files, name, heading=heading))
    (folder / f"{name}.h").write_text(f"void {name}_print(void);\n")


def write_main(folder, *names):
    includes = "".join(f'#include "{name}.h"\n' for name in names)
    calls = " ".join(f"{name}_print();" for name in names)
    (folder / "main.c").write_text(f"{includes}int main(void) {{ {calls} return 0; }}\n")


def test_names_that_two_files_share_stay_apart(tmp_path):
    write_one_file(tmp_path, "m")
    write_main(tmp_path, "m")

    compile_with(["gcc"], [*C99, "main.c", "m.c", "-o", "program"], tmp_path)

    assert output_of(tmp_path / "program") == PRINTED


def test_two_amalgamations_share_no_name_of_the_linker(tmp_path):
    for name in ("m", "n"):
        write_one_file(tmp_path, name)
    write_main(tmp_path, "m", "n")

    compile_with(["gcc"], [*C99, "main.c", "m.c", "n.c", "-o", "program"], tmp_path)

    assert output_of(tmp_path / "program") == PRINTED * 2
