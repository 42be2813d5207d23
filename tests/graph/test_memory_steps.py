from test_arena import graph_of

from tinymledu.graph.memory_steps import Step, memory_steps


def test_steps_say_who_reads_and_writes_what():
    graph = graph_of([16, 23, 24, 24], [("RELU", (0,), 1), ("RELU", (1,), 2), ("ADD", (1, 2), 3)])

    memory = memory_steps(graph)

    assert memory.steps[2] == Step("ADD", (1, 2), (3,))
    assert memory.sizes == {0: 16, 1: 24, 2: 24, 3: 24}  # 23 rounded up
    assert (memory.inputs, memory.outputs) == ((0,), (3,))
    assert memory.names[0] == "input 16"
    assert memory.names[3] == "ADD #2 24"


def test_reshape_writes_nothing():
    graph = graph_of([8, 32, 32], [("RELU", (0,), 1), ("RESHAPE", (1,), 2)])

    memory = memory_steps(graph)

    assert memory.steps[1] == Step("RESHAPE", (1,), ())
    assert memory.outputs == (1,)
    assert set(memory.sizes) == {0, 1}


def test_a_tensor_read_twice_by_one_operator_counts_once():
    graph = graph_of([8, 8], [("ADD", (0, 0), 1)])

    assert memory_steps(graph).steps[0].reads == (0,)
