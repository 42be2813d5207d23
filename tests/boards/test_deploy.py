from dataclasses import replace

import numpy as np
import pytest
import recorded

import tinymledu as tml
from tinymledu.boards.profile import NOT_MODELLED
from tinymledu.errors import BoardError, DoesNotFitError, InputError, UnsupportedModelError
from tinymledu.graph.tflite import load_model
from tinymledu.quantities import Band, Method

WHOLE_MODELS = recorded.cases("tiny_")


@pytest.fixture(scope="module")
def tiny():
    (case,) = recorded.cases("tiny_cnn_int8_float_ends")
    return case


@pytest.fixture(scope="module")
def deployment():
    return tml.deploy(load_model(recorded.model_bytes("tiny_cnn_int8")), tml.board("nano33ble"))


@pytest.mark.parametrize("case", recorded.cases(), ids=lambda case: case.name)
def test_machine_code_equals_tflite_micro(case, nano):
    runs = tml.deploy(load_model(case.content), nano).run_many(case.inputs)

    np.testing.assert_array_equal(runs.codes, case.expected.reshape(len(case.inputs), -1))


@pytest.mark.parametrize("case", WHOLE_MODELS, ids=lambda case: case.name)
def test_machine_code_equals_tflite_micro_on_every_board(case, executable_board):
    runs = tml.deploy(load_model(case.content), executable_board).run_many(case.inputs)

    np.testing.assert_array_equal(runs.codes, case.expected.reshape(len(case.inputs), -1))


def test_second_compiler_gives_the_same_answers(nano, toolchain_name):
    (case,) = recorded.cases("tiny_residual_int8")
    model = load_model(case.content)

    firmware = tml.deploy(model, nano, toolchain=toolchain_name)
    runs = firmware.run_many(case.inputs)

    assert toolchain_name in firmware.build_name
    np.testing.assert_array_equal(runs.codes, case.expected.reshape(len(case.inputs), -1))


def test_profile_adds_up_over_layers(deployment):
    figures = deployment.profile

    assert sum(layer.instructions for layer in figures.layers) == figures.instructions
    assert sum(layer.cycles.low for layer in figures.layers) == pytest.approx(figures.cycles.low)
    assert sum(layer.cycles.high for layer in figures.layers) == pytest.approx(figures.cycles.high)
    assert [layer.op for layer in figures.layers] == [op.kind for op in deployment.model.graph.ops]
    assert figures.macs == deployment.source.macs


def test_operators_without_code_have_no_instructions(deployment):
    without = [layer for layer in deployment.profile.layers if layer.kernel is None]

    assert all(layer.instructions == 0 for layer in without)
    assert all(layer.instructions > layer.macs for layer in deployment.profile.layers
               if layer.kernel is not None)  # fmt: skip


def test_latency_and_energy_follow_from_the_card(deployment):
    figures = deployment.profile

    # 64 MHz: one million cycles are 15.625 ms. 3.0 V * 3.3 mA = 9.9 mW.
    assert figures.latency_ms.low == pytest.approx(figures.cycles.low * 15.625 / 1e6)
    assert figures.energy_mj.high == pytest.approx(figures.latency_ms.high * 9.9e-3)
    assert figures.instructions_method is Method.COUNTED
    assert figures.cycles_method is Method.MODELLED
    assert figures.not_modelled == NOT_MODELLED


def test_shares_of_time_and_bytes_add_up_over_layers(deployment):
    figures = deployment.profile

    assert sum(layer.time_share for layer in figures.layers) == pytest.approx(1)
    assert sum(layer.traffic.bytes_moved for layer in figures.layers) == figures.traffic.bytes_moved
    # Each weight is read at least once, and each output written.
    convolution = next(layer for layer in figures.layers if layer.op == "CONV_2D")
    assert convolution.traffic.flash_bytes_read > 0
    assert convolution.traffic.bytes_written > 0


def test_board_without_a_sourced_current_has_no_energy():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    pico = tml.deploy(model, tml.board("pico"))

    assert pico.profile.energy_mj is None
    assert pico.run(np.zeros(model.graph.input.shape[1:], np.uint8)).energy_mj is None


def test_run_answers_with_label_scores_and_how_each_figure_was_obtained(deployment):
    shape = deployment.model.graph.input.shape[1:]

    run = deployment.run(np.full(shape, 200, np.uint8))

    assert run.label == run.classes[int(np.argmax(run.scores))]
    assert len(run.scores) == len(run.codes) == deployment.model.graph.output.n_elements
    assert run.instructions == deployment.profile.instructions
    assert isinstance(run.latency_ms, Band)
    text = repr(run)
    assert "instructions (counted in the emulator)" in text
    assert "ms (modelled)" in text
    assert run.label in run._repr_html_()


def test_scores_are_the_real_values_of_the_codes(deployment):
    quantization = deployment.model.graph.output.quantization
    shape = deployment.model.graph.input.shape[1:]

    run = deployment.run(np.zeros(shape, np.float32))

    real = [quantization.scale * (int(c) - quantization.zero_point) for c in run.codes]
    assert run.scores == pytest.approx(real)


def test_labels_come_from_the_model(deployment):
    model = deployment.model
    expected = model.labels or tuple(f"output {i}" for i in range(model.graph.output.n_elements))

    runs = deployment.run_many(np.zeros((2, *model.graph.input.shape[1:]), np.uint8))

    assert runs.classes == expected
    assert runs.labels == (runs[0].label, runs[1].label)


def test_run_many_keeps_the_order_and_reports_progress(tiny, nano):
    seen = []
    firmware = tml.deploy(load_model(tiny.content), nano)

    runs = firmware.run_many(tiny.inputs, progress=lambda done, total: seen.append((done, total)))

    assert seen == [(i + 1, len(tiny.inputs)) for i in range(len(tiny.inputs))]
    assert len(runs) == len(list(runs)) == len(tiny.inputs)
    for index in (0, len(tiny.inputs) - 1):
        np.testing.assert_array_equal(runs[index].codes, firmware.run(tiny.inputs[index]).codes)
    assert f"{len(tiny.inputs)} inputs" in repr(runs)
    assert "<table>" in runs._repr_html_()


@pytest.mark.parametrize(
    ("pictures", "words"),
    [
        (np.zeros((0, 12, 12, 3), np.uint8), "There is no picture"),
        (np.zeros((1, 3, 3, 3), np.uint8), "takes inputs of shape"),
    ],
    ids=["none", "other_shape"],
)
def test_unusable_pictures_are_refused(deployment, pictures, words):
    if pictures.size == 0:
        pictures = np.zeros((0, *deployment.model.graph.input.shape[1:]), np.uint8)

    with pytest.raises(InputError, match=words):
        deployment.run_many(pictures)


def test_run_takes_one_input(deployment):
    two = np.zeros((2, *deployment.model.graph.input.shape[1:]), np.uint8)

    with pytest.raises(InputError, match=r"run takes one input, not 2; run_many takes many"):
        deployment.run(two)


@pytest.mark.parametrize("name", ["tiny_cnn_float32", "tiny_cnn_dynamic", "tiny_cnn_float16"])
def test_float_model_is_sent_to_quantize(name, nano):
    with pytest.raises(UnsupportedModelError, match=r"run int8 models only. quantize\(model"):
        tml.deploy(load_model(recorded.model_bytes(name)), nano)


def test_model_that_is_not_converted_yet_is_sent_to_quantize(nano):
    class Functional:  # what Keras calls its models
        pass

    with pytest.raises(UnsupportedModelError, match=r"this is a Functional\. quantize\(model, cal"):
        tml.deploy(Functional(), nano)


def test_name_of_a_board_is_sent_to_board():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(InputError, match=r"'nano33ble' is no board card; board\(name\) gives one"):
        tml.deploy(model, "nano33ble")


def test_way_to_optimise_that_does_not_exist_is_refused_with_those_that_do():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(InputError, match=r"no way to optimise 'fast'. Known: size, speed"):
        tml.deploy(model, tml.board("nano33ble"), optimise="fast")


@pytest.mark.parametrize(
    "use",
    [
        lambda path: tml.deploy(path, tml.board("nano33ble")),
        lambda path: tml.verify(path, tml.board("nano33ble")),
        lambda path: tml.export(path, to="array", out="nowhere"),
        lambda path: tml.edge_impulse.write(path, "nowhere.eim"),
    ],
    ids=["deploy", "verify", "export", "eim"],
)
def test_path_in_place_of_a_model_is_refused_with_what_reads_it(use):
    with pytest.raises(UnsupportedModelError, match=r"this is a str. .* load_model\(path\) reads"):
        use("model.tflite")


def test_port_that_is_not_there_is_refused_before_anything_is_compiled():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    with pytest.raises(BoardError, match=r"There is no port /dev/ttyNONE"):
        tml.deploy(model, tml.board("nano33ble", port="/dev/ttyNONE"))


def test_board_that_is_not_executed_gives_its_c_and_says_so(tmp_path):
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))

    export = tml.deploy(model, tml.board("xiao_esp32s3"))

    assert "not executed here" in repr(export)
    assert "not executed here" in export._repr_html_()
    names = [path.name for path in export.write(tmp_path)]
    assert f"{export.source.c_name}.c" in names
    for figure in ("memory", "profile", "elf"):
        with pytest.raises(BoardError, match="not executed here"):
            getattr(export, figure)


def test_board_that_is_not_executed_refuses_what_it_cannot_hold():
    model = load_model(recorded.model_bytes("tiny_cnn_int8"))
    small = replace(tml.board("xiao_esp32s3"), ram_bytes=100)

    with pytest.raises(DoesNotFitError, match=r"RAM; Seeed Studio XIAO ESP32S3 Sense has 100 B"):
        tml.deploy(model, small)


def test_write_gives_the_sources_and_a_readme(deployment, tmp_path):
    written = deployment.write(tmp_path / "new" / "folder")

    assert {path.name for path in written} == {*deployment.source.files, "README.md"}
    for path in written:
        if path.name != "README.md":
            assert path.read_text(encoding="utf-8") == deployment.source.files[path.name]
    assert f"{deployment.source.c_name}_run(arena)" in written[0].read_text(encoding="utf-8")


def test_write_says_what_is_in_the_way(deployment, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(InputError, match=r"file could not be written: "):
        deployment.write(tmp_path / "file")


def test_deployment_shows_figures_and_what_is_left_out(deployment):
    text, page = repr(deployment), deployment._repr_html_()

    for words in ("of 960.0 KiB", "left to a sketch", "counted in the emulator", "(modelled)"):
        assert words in text
        assert words in page
    assert all(what in page for what in NOT_MODELLED)


def test_a_plan_from_outside_is_executed():
    (case,) = recorded.cases("tiny_residual_int8")
    # One after the other: 180, 220, 120, 120, 120, 24, (reshape), 4 B; the sum is 788.
    plan = {0: 0, 8: 180, 9: 400, 10: 520, 11: 640, 12: 760, 14: 784}

    firmware = tml.deploy(
        load_model(case.content), tml.board("nano33ble"), optimise="size", plan=plan
    )
    runs = firmware.run_many(case.inputs)

    assert firmware.memory.arena_bytes == 788
    np.testing.assert_array_equal(runs.codes, case.expected.reshape(len(case.inputs), -1))


def test_a_plan_is_not_for_a_board_at_a_port():
    model = load_model(recorded.model_bytes("tiny_residual_int8"))

    with pytest.raises(InputError, match="virtual board only"):
        tml.deploy(model, tml.board("nano33ble", port="COM3"), plan={0: 0})
