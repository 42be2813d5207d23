"""Attacks on the grade: a wrong answer that wants points. Every one earns 0."""

from dataclasses import replace

from attacks.case import FRAME, cheat

DEEP = "b'[' * 100_000 + b']' * 100_000"

EVIL_OBJECT = """
class Yes:
    def yes(self, *others): return True
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = __contains__ = yes
    __hash__ = None
    def __float__(self): return 34642.0
    def __int__(self): return 34642
    def __array__(self, *_, **__):
        import numpy
        return numpy.array(34642)
    def __len__(self): return 1
    def __iter__(self): return iter([34642])
    def __reduce__(self): return (exec, ('open("/tmp/marker", "w")',))
    @property
    def __class__(self): return int
def double(x): return Yes()
"""

PATCHES = [
    (
        "patched_numpy",
        "every comparison true",
        "import numpy as np\nnp.array_equal = np.all = np.allclose = lambda *a, **k: True",
    ),
    (
        "patched_builtins",
        "every comparison true",
        "import builtins\nbuiltins.all = builtins.abs = builtins.float = lambda *a: True",
    ),
    ("patched_isinstance", "any type", "import builtins\nbuiltins.isinstance = lambda *a: True"),
    ("patched_json", "another answer", "import json\njson.dumps = lambda *a, **k: '{\"ok\": 7}'"),
    (
        "patched_wire",
        "another answer",
        "from tinymledu.course import wire\nwire.encode = lambda v: 7",
    ),
    (
        "patched_checks",
        "no checks",
        "import tinymledu.course.checks as c\nc.expect = lambda *a, **k: None\n"
        "c.as_number = lambda *a: 34642",
    ),
    ("patched_shell", "no cells", "get_ipython().run_cell = lambda *a, **k: None"),
    ("patched_sockets", "another line", "import socket\nsocket.socket.sendall = lambda *a: None"),
    (
        "patched_import",
        "another module for the checker",
        "import sys\nsys.modules['tinymledu.course.checks'] = None\nsys.meta_path.clear()",
    ),
    (
        "rewritten_asserts",
        "no asserts in later cells",
        "import ast\nclass Drop(ast.NodeTransformer):\n"
        "    def visit_Assert(self, node): return ast.Pass()\n"
        "get_ipython().ast_transformers.append(Drop())",
    ),
    (
        "dropped_cells",
        "no later cells",
        "get_ipython().input_transformers_post.append(lambda lines: [])",
    ),
    (
        "trace",
        "see and change each call",
        "import sys\nsys.settrace(lambda frame, event, value: None)\n"
        "sys.setprofile(lambda frame, event, value: None)",
    ),
    (
        "import_hooks",
        "files that the checker imports",
        "for folder in ('/scratch/work', '/tmp', '/scratch/home', '/scratch'):\n"
        "    for name in ('checks', 'numpy', 'sitecustomize', 'usercustomize', 'json'):\n"
        "        open(f'{folder}/{name}.py', 'w').write('import os; os._exit(0)')",
    ),
    (
        "answer_file",
        "an answer that was left over",
        "import glob\ndef double(x):\n"
        "    for name in glob.glob('/scratch/**/*answer*', recursive=True):\n"
        "        return open(name).read()",
    ),
]

OBJECTS = [
    ("evil_object", "every comparison true", EVIL_OBJECT),
    (
        "evil_int",
        "an int that equals all",
        "class Yes(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\n"
        "def double(x): return Yes(1)",
    ),
    (
        "evil_float",
        "a float that equals all",
        "class Yes(float):\n    def __eq__(self, other): return True\n"
        "    __hash__ = float.__hash__\n"
        "    def hex(self): return (34642.0).hex()\n"
        "def double(x): return Yes(1)",
    ),
    (
        "evil_array",
        "an array that equals all",
        "import numpy as np\nclass Yes(np.ndarray):\n    def __eq__(self, other): return True\n"
        "    def tobytes(self, *a): return b'\\0' * 8\n"
        "def double(x): return np.zeros(1).view(Yes)",
    ),
    ("lying_type", "a type that is none", "def double(x): return type('int', (), {})()"),
    (
        "evil_metaclass",
        "isinstance of anything",
        "class M(type):\n    def __instancecheck__(c, o): return True\n"
        "    def __eq__(c, o): return True\n    __hash__ = type.__hash__\n"
        "class Yes(metaclass=M): pass\ndef double(x): return Yes()",
    ),
    (
        "evil_mapping",
        "a mapping without end",
        "from collections.abc import Mapping\nimport itertools\nclass E(Mapping):\n"
        "    def __getitem__(self, k): return 1\n    def __len__(self): return 1\n"
        "    def __iter__(self): return itertools.count()\ndef double(x): return E()",
    ),
    ("not_a_number", "NaN", "def double(x): return float('nan')"),
    ("infinity", "infinity", "def double(x): return float('inf')"),
    (
        "numpy_nan",
        "NaN in an array",
        "import numpy as np\ndef double(x): return np.array([np.nan])",
    ),
    ("true", "True as a number", "def double(x): return True"),
    ("huge_integer", "an integer without end", "def double(x): return 10 ** 100_000"),
    ("just_too_long_integer", "an integer of 4,000 digits", "def double(x): return 10 ** 4_000"),
    (
        "colliding_keys",
        "a dict that takes forever",
        "def double(x): return {k * (2**61 - 1): 0 for k in range(3_000)}",
    ),
    ("endless_list", "a list in itself", "a = []\na.append(a)\ndef double(x): return a"),
    (
        "deep_list",
        "a deep list",
        "def double(x):\n    a = []\n    for _ in range(100_000): a = [a]\n    return a",
    ),
    ("endless_generator", "numbers without end", "def double(x):\n    while True: yield 34642"),
    ("surrogates", "text that cannot be stored", "def double(x): return '\\ud800' * 100"),
    (
        "many_sides",
        "an array whose words fill the memory",
        "import numpy as np\ndef double(x): return np.zeros((4,) * 10, bool)",
    ),
    (
        "long_empty_array",
        "an empty array whose sum fills the memory",
        "import numpy as np\ndef double(x): return np.zeros((0, 2**30), np.uint8)",
    ),
    (
        "object_array",
        "an array of objects",
        "import numpy as np\ndef double(x): return np.array([Ellipsis])",
    ),
    ("huge_answer", "fill the grader", "def double(x): return b'x' * 30_000_000"),
    (
        "evil_class_name",
        "a name that clears the terminal",
        "def double(x): return type('\\x1b[2J' * 50, (), {})()",
    ),
    (
        "evil_exception",
        "an exception that raises",
        "class E(Exception):\n    def __str__(self): raise SystemExit\ndef double(x): raise E",
    ),
    (
        "markup_exception",
        "markup for whoever reads it",
        "def double(x): raise ValueError('<img src=x onerror=alert(1)>[red]\\x1b]0;mine\\x07')",
    ),
    (
        "raise_of_ours",
        "a verdict of its own",
        "from tinymledu.course.checks import StudentError\n"
        "from tinymledu.course.verdict import Verdict\n"
        "def double(x): raise StudentError('fine', Verdict.PASSED)",
    ),
    ("raise_grader_error", "a person's pity", "def double(x): raise BaseException('grader error')"),
    (
        "pickle",
        "a pickle that the checker loads",
        "import pickle\ndef double(x): return pickle.dumps(34642)",
    ),
]

FORGERIES = [
    (
        "forged_results",
        "a result",
        "forge({'result': {'name': 'doubles_any_number', 'verdict': 'passed'}})",
    ),
    ("forged_done", "the end", "forge({'done': True})"),
    ("forged_checks", "easier checks", "forge({'checks': [{'name': 'x', 'points': 85.0}]})"),
    ("forged_gone", "the parent's own word", "forge(b'D{}')"),
    ("forged_ready", "an earlier start", "forge({'ready': True})"),
    (
        "forged_cell",
        "a cell that lies about itself",
        "forge({'cell': {'verdict': ['passed'], 'line': 10**400, 'wall_s': 1e300, 'output': {}}})",
    ),
    ("forged_deep_json", "a crash of the reader", f"forge({DEEP})"),
    ("forged_constants", "NaN in JSON", 'forge(b\'{"cell": {"wall_s": NaN, "line": Infinity}}\')'),
    ("forged_digits", "a number without end", "forge(b'{\"cell\": ' + b'9' * 100_000 + b'}')"),
    ("forged_not_json", "a crash of the reader", "forge(bytes(range(256)) * 50)"),
    ("forged_length", "a length of 4 GiB", "os.write(3, b'\\xff' * 64)"),
    (
        "forged_answers",
        "answers in advance",
        "for _ in range(20): forge({'ok': {'t': 'pickle', 'v': 'x'}})",
    ),
    ("forged_numbers", "answers in advance", "for _ in range(20): forge({'ok': 7141})"),
    (
        "deep_answer",
        "a crash of the checker",
        f"def double(x): forge(b'{{\"ok\":' + {DEEP} + b'}}')",
    ),
    (
        "crowded_answer",
        "fill the checker",
        "def double(x): forge(b'{\"ok\":[' + b'[],' * 1_500_000 + b'1]}')",
    ),
    (
        "forged_dtype",
        "an array of objects",
        "value = {'t': 'array', 'dtype': '|O8', 'shape': [1], 'v': 'AAAAAAAAAAA='}\n"
        "def double(x): forge({'ok': value})",
    ),
    (
        "forged_shape",
        "an array larger than its bytes",
        "def double(x): forge({'ok': {'t': 'array', 'dtype': '<f8', 'shape': [2**40], 'v': ''}})",
    ),
    (
        "forged_passed",
        "the checker's own word",
        "error = {'kind': 'raised', 'verdict': 'passed', 'message': 'fine'}\n"
        "def double(x): forge({'error': error})",
    ),
]

SLOW = ("patched_sockets", "many_sides", "evil_mapping")  # silence; a large answer; no end

ATTACKS = (
    *(replace(cheat(*one), slow=one[0] in SLOW) for one in (*PATCHES, *OBJECTS)),
    *(cheat(name, tries, FRAME + code) for name, tries, code in FORGERIES),
)
