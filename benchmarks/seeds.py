"""Train a model with several seeds, quantize it, and count both on the held-out pictures."""

import json
import sys
import time

import tinymledu as tml

SEEDS = (1, 2, 3)
N_CALIBRATION = 200


def run(title, data, make_model, **training):
    """One row for each seed: float and int8 accuracy on data.test, seconds, file size."""
    rows = []
    for seed in SEEDS:
        model = make_model(seed)
        history = tml.train(
            model, data, seed=seed, progress=lambda epoch: print(epoch, file=sys.stderr), **training
        )
        started = time.perf_counter()
        int8 = tml.quantize(model, calibration=data.calibration(N_CALIBRATION))
        seconds_converting = time.perf_counter() - started
        in_float, in_int8 = tml.accuracy(model, data.test), tml.accuracy(int8, data.test)
        rows.append(
            {
                "model": title,
                "dataset": data.card.name,
                "kind": data.card.kind,
                "seed": seed,
                "n_train": len(data.train),
                "n_test": in_int8.n,
                "epochs": len(history.epochs),
                "float": in_float.ratio,
                "int8": in_int8.ratio,
                "int8_low": in_int8.low,
                "int8_high": in_int8.high,
                "mcnemar_p": tml.paired_test(in_float, in_int8).p_value,
                "file_bytes": int8.file_bytes,
                "training_s": history.seconds,
                "converting_s": seconds_converting,
            }
        )
        print(f"{title}, seed {seed}: float {in_float}; int8 {in_int8}", file=sys.stderr)
    return rows


def report(rows, *, json_path=None):
    """Print a table with means; write the rows as JSON where a path is given."""
    print(f"{'model':28} {'seed':>4} {'float %':>8} {'int8 %':>7} {'interval':>11} {'train s':>8}")
    for title in dict.fromkeys(row["model"] for row in rows):
        own = [row for row in rows if row["model"] == title]
        for row in own:
            interval = f"{100 * row['int8_low']:.1f}-{100 * row['int8_high']:.1f}"
            print(
                f"{title:28} {row['seed']:4} {100 * row['float']:8.1f} {100 * row['int8']:7.1f} "
                f"{interval:>11} {row['training_s']:8.0f}"
            )
        mean_float, mean_int8, mean_s = (
            sum(row[name] for row in own) / len(own) for name in ("float", "int8", "training_s")
        )
        print(
            f"{title:28} mean {100 * mean_float:8.1f} {100 * mean_int8:7.1f} "
            f"{'gap ' + format(100 * (mean_float - mean_int8), '.1f'):>11} {mean_s:8.0f}"
        )
    if json_path is not None:
        json_path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
