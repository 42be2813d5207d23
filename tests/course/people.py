"""Made people from six continents, and the exports that platforms make of them."""

PEOPLE = (
    # student, name, email, site, number
    ("amina.d", "Amina Diallo", "amina@example.org", "Dakar", "10101"),
    ("joao.s", "João da Silva", "joao@example.org", "Recife", "10102"),
    ("wanjiru.k", "Wanjirũ Kamau", "wanjiru@example.org", "Nairobi", "10103"),
    ("li.wei", "李 伟", "liwei@example.org", "Chengdu", "10104"),
    ("aroha.t", "Aroha Te Rangi", "aroha@example.org", "Otago", "10105"),
    ("zofia.w", 'Zofia "Zosia" Wójcik', "zofia@example.org", "Łódź", "10106"),
    ("nayeli.q", "Nayeli Quispe; Mamani", "nayeli@example.org", "Cusco", "10107"),
    ("fatima.z", "فاطمة الزهراء", "fatima@example.org", "Rabat", "10108"),
)


def quoted(value, delimiter=","):
    special = any(mark in value for mark in (delimiter, '"', "\n"))
    return '"' + value.replace('"', '""') + '"' if special else value


def lines(rows, delimiter=",", end="\r\n"):
    return "".join(delimiter.join(quoted(v, delimiter) for v in row) + end for row in rows)


def plain(people=PEOPLE, delimiter=",", sites=True):
    columns = (0, 1, 2, 3, 4) if sites else (0, 1, 2, 4)
    header = [("student", "name", "email", "site", "lms_id")[c] for c in columns]
    return lines([header, *([one[c] for c in columns] for one in people)], delimiter)


def moodle_participants(people=PEOPLE):
    header = ["First name", "Last name", "ID number", "Email address", "Groups"]
    rows = [[*one[1].split(" ", 1), one[0], one[2], ""] for one in people]
    return "\ufeff" + lines([header, *rows])


def moodle_worksheet(people=PEOPLE, delimiter=",", ids=True, maximum="100.00"):
    header = ["Identifier", "Full name", *(["ID number", "Email address"] if ids else []),
              "Status", "Grade", "Maximum Grade", "Grade can be changed",
              "Last modified (grade)", "Feedback comments"]  # fmt: skip
    rows = [
        [f"Participant {one[4]}", one[1], *([one[0], one[2]] if ids else []),
         "Submitted for grading", "", maximum, "Yes", "-", ""] for one in people
    ]  # fmt: skip
    return "\ufeff" + lines([header, *rows], delimiter, end="\n")


def canvas_gradebook(people=PEOPLE, points="100", columns=("A00 Warm up (7)", "T01 Double (8)")):
    header = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *columns, "Final Score"]
    possible = ["    Points Possible", "", "", "", "", *(points for _ in columns), "(read only)"]
    rows = [
        [", ".join(reversed(one[1].split(" ", 1))), one[4], f"S{one[4]}", one[0], "TML-01",
         *("" for _ in columns), ""] for one in people
    ]  # fmt: skip
    test = ["Student, Test", "99999", "", "f00d", "TML-01", *("" for _ in columns), ""]
    return lines([header, possible, *rows, test])
