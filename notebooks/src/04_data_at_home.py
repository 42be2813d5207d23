# %% [markdown]
# # 04 · Data at home: collecting where you measure
#
# *A network is right on 99 of 100 pictures. Will it be right in your field?*

# %% [markdown]
# | | |
# |---|---|
# | For whom | you have seen lessons 01 and 02; you know NumPy arrays |
# | Time | 120 minutes in class, and a walk with a camera; the cells run in about 2 minutes |
# | Profile | *full* (TensorFlow). In *lite*, trainings are a recorded run; all else runs here |
# | Needs | no Internet, no board, no account |
# | Serves | S14, S15, S16 |
#
# **After this lesson you can**
# 1. *detect* that a background, or a plant seen before, gives the label away (analyse);
# 2. *quantify* what a model loses at another place, and what local pictures repair (evaluate);
# 3. *plan* a collection with consent and diversity (create);
# 4. *write* a dataset card that answers the questions of a stranger (create).
#
# Marks in the headings say what you do: **P** predict, **R** run, **I** investigate, **Mo**
# modify, **Ma** make.

# %% [markdown]
# ## Why
#
# A student in Benin wants to find sick cotton plants. There are open collections of leaf pictures.
# Many were taken in the north of the world: other plants, one leaf at a time, on paper. They are
# free to download, and a network that learns from them is nearly always right. On *their* pictures.
#
# Pictures from one's own field cost hours, walks, and the agreement of the farmer. Is it worth it?
# And how many pictures are enough?
#
# In this lesson you measure both. The pictures are **drawings** of two invented places, so that we
# know what is in them. They show no real plant, and no real illness.

# %% tiny={"role": "setup", "budget_s": 10, "output": "none"}
# Imports.
import importlib.util
import json

import numpy as np

import tinymledu as tml
from tinymledu import files, measurement
from tinymledu.datasets import audit, own_card
from tinymledu.datasets.local import local_part
from tinymledu.datasets.own_pictures import own_pictures
from tinymledu.exploration import figure, widgets
from tinymledu.statistics import wilson_interval

# %% tiny={"role": "setup", "budget_s": 2, "output": "text"}
# Two things you may want to change. Without TensorFlow, a recorded run of the networks stands in.
SEED = 7  # of the networks: another seed, another training
FOLDER = None  # or a folder of your own pictures, for section 9
CAN_TRAIN = importlib.util.find_spec("tensorflow") is not None
record = json.loads(tml.lessons.shipped("04_record.json").read_text(encoding="utf-8"))
if CAN_TRAIN:
    print("TensorFlow is here: you will train the networks yourself.")
else:
    print("TensorFlow is not installed. Answers of networks come from a recorded run; all else")
    print("runs here. To train:", files.how_to_install("full"))


# %% tiny={"role": "setup", "budget_s": 1, "output": "none"}
# For the recorded run only: the answers of a network, as if it had run here.
def recorded(name, split):
    answers = record["seeds"]["7"]["answers"][name]
    return measurement.Accuracy(
        np.array([int(digit) for digit in answers]), split.labels.astype(np.intp), "test"
    )


# %% [markdown]
# ## Predict (P)
#
# Write your guesses **before** you run anything else. They are not marked.
#
# A network has learned from 1,000 northern drawings. It names at least 99 of 100 new northern ones
# rightly. Tossing a coin gives 50.

# %% tiny={"role": "predict", "budget_s": 1, "output": "text"}
# Replace each None by your guess, then run the cell.
predictions = {
    "right_of_100_in_the_south": None,  # a number from 0 to 100
    "the_same_after_2000_northern": None,  # with twice as many northern drawings
    "the_same_after_25_southern": None,  # with 25 southern drawings added
}
written = sum(guess is not None for guess in predictions.values())
print(f"{written} of {len(predictions)} predictions written.")

# %% [markdown]
# ## 1 · Two places (R, I, Mo)
#
# **See.** North: a leaf on a sheet of paper. South: a leaf in a field. Both are healthy or sick.
#
# **Run.** Look at both before you train anything. The upper row is healthy, the lower one sick.

# %% tiny={"role": "run", "budget_s": 15, "output": "html"}
# The northern collection, with its card.
north = tml.load_dataset("leaves_north", n_labelled=2000)
north

# %% tiny={"role": "run", "budget_s": 15, "output": "html"}
# The southern collection.
south = tml.load_dataset("leaves_south")
south

# %% [markdown]
# **Investigate (I).** Name three things that differ between the places. Then say for each whether
# it also differs between healthy and sick.
#
# <details><summary>Compare</summary>
#
# Leaf form, ground, light, dust and splashes of soil differ between the places. In the north, the
# *paper* differs between healthy and sick, too. In the south, all leaves have brown splashes; only
# the spots of the illness have a yellow ring.
# </details>
#
# **Change (Mo).** Give another `seed`. Find a southern leaf on which you are not sure.

# %% tiny={"role": "modify", "budget_s": 3, "output": "html"}
# A row of healthy leaves, a row of sick ones.
south.preview(n=8, seed=1)

# %% [markdown]
# ## 2 · Trained in the north (P, R, I)
#
# **Run.** The network of lesson 01, one block smaller, learns from 1,000 northern drawings. Then it
# answers the test drawings of both places.
#
# <details><summary>You should see</summary>
#
# - north: <!--see:north_ratio-->100 %<!--/see-->
# - south: <!--see:south_ratio-->50 to 51 %<!--/see-->; tossing a coin gives 50 %
# </details>

# %% tiny={"role": "run", "budget_s": 40, "output": "text"}
# One training, two places.
if CAN_TRAIN:
    network = tml.models.tiny_cnn(north.card.shape, 2, filters=(8, 16, 32), seed=SEED)
    history = tml.train(network, north.labelled(1000, SEED), epochs=12, seed=SEED)
    by_place = {"north": tml.accuracy(network, north.test)}
    by_place["south"] = tml.accuracy(network, south.test)
    northern_weights = [variable.numpy().copy() for variable in network.weights]
else:
    by_place = {"north": recorded("north", north.test), "south": recorded("0", south.test)}
for place, answers in by_place.items():
    print(place, answers)

# %% [markdown]
# **Explain.** That the same model is worse elsewhere is called *domain shift*. The pictures of use
# follow another law than those of training. The test part did not warn us, because it was taken at
# the same place, in the same way.
#
# **Investigate (I).** Half right can mean two things: it guesses, or it always says the same.

# %% tiny={"role": "investigate", "budget_s": 2, "output": "text"}
# What the northern network says in the south.
in_south = by_place["south"]
said_sick_ratio = float(np.mean(in_south.predicted == 1))
print(f"it says 'sick' to {said_sick_ratio:.0%} of the southern leaves")
for label, name in enumerate(south.card.labels):
    of_label = in_south.labels == label
    right = int(np.sum(in_south.correct[of_label]))
    print(f"{name}: {right} of {of_label.sum()} named rightly")

# %% [markdown]
# **Explain.** A likely reason: in the north, a brown spot meant "sick"; in the south, it may be
# soil. The network never saw soil on a leaf.
#
# If 95 % of the leaves in a field were sick, this model would score about 95 %. So never report an
# accuracy without the one of a constant answer.

# %% [markdown]
# ## 3 · Does the background know? (P, R, I, Mo, Ma)
#
# **See.** Take eight pixels of each picture: the corners, and the middles of the sides. They hardly
# show the leaf. With three colours these are 24 numbers. A *probe* is a simple model of them.
#
# ### Exercise 3.1
#
# Write `nearest_mean(numbers, labels, asked)`: average the rows of `numbers` for each label, 0 and
# 1. Each row of `asked` gets the label whose average is nearer.


# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
def nearest_mean(numbers, labels, asked):
    """The label for each row of `asked`, an array of 0 and 1.

    TODO: replace the line below.
    APPROACH: two averages with .mean(axis=0); two sums of squared differences; compare them.
    EXAMPLE: numbers [[0], [2], [10]], labels [0, 0, 1], asked [[3], [8]] give [0, 1].
    """
    rows = len(numbers), len(labels), len(asked)
    print("Not done yet: exercise 3.1, nearest_mean of", *rows, "rows")


# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: averages are made for each label; distances use all columns; only learned rows count.
cases = [
    ((np.array([[0.0], [2], [10]]), np.array([0, 0, 1]), np.array([[5.8], [3]])), [1, 0]),
    ((np.array([[5.0, 0], [5, 4]]), np.array([1, 0]), np.array([[5.0, 1], [9, 3]])), [1, 0]),
]
my_probe = tml.lessons.passes(nearest_mean, cases, reread="exercise 3.1")

# %% [markdown]
# **Predict.** How often will eight pixels name the illness rightly, north and south?
#
# <details><summary>You should see</summary>
#
# - north: <!--see:probe_north_ratio-->85 to 86 %<!--/see-->
# - south: <!--see:probe_south_ratio-->52 to 53 %<!--/see-->
# </details>

# %% tiny={"role": "run", "budget_s": 3, "output": "text"}
# The probe at both places; yours if its test passed, else the library's.
probed = {}
for place, data in (("north", north), ("south", south)):
    if my_probe:
        learned = audit.border_pixels(data.train.pictures), data.train.labels
        said = np.asarray(nearest_mean(*learned, audit.border_pixels(data.test.pictures)))
    else:
        said = audit.border_probe(data.train).predict(data.test.pictures)
    probed[place] = measurement.Accuracy(said, data.test.labels.astype(np.intp), "test")
    print(place, probed[place])

# %% [markdown]
# **Explain.** In the north, most sick leaves lie on another sheet of paper. The background became
# a *shortcut*: a way to be right without seeing the leaf. A probe that is clearly above chance is
# a warning. The remedy is not a better network. It is to take the pictures again, mixed.
#
# A probe at chance proves less: the shortcut may be in the light, or in the leaf's size.
#
# **Change (Mo).** Take other pixels: those of the middle. What does a high figure mean then?

# %% tiny={"role": "modify", "budget_s": 3, "output": "text"}
# The same probe on an inner part of the pictures. Try margin = 2, 6, 10, 13.
margin = 10
for place, data in (("north", north), ("south", south)):
    inner = [part.pictures[:, margin:-margin, margin:-margin] for part in (data.train, data.test)]
    probe = audit.border_probe(type(data.train)(inner[0], data.train.labels))
    print(f"{place}: {np.mean(probe.predict(inner[1]) == data.test.labels):.1%} of {len(inner[1])}")

# %% [markdown]
# ## 4 · Who is in both parts? (P, R, I)
#
# **See.** Each plant was drawn four times. Its pictures share leaf colour, ground and light. What
# must stay together, such as the pictures of one plant, is a *group*. In lesson 02 you split by
# animal; here, by plant.
#
# To see what a wrong split hides, we use pure memory: a new picture gets the label of the most
# similar known one. Memory has no rule for spots.
#
# **Predict.** 400 southern pictures of 100 plants, a quarter held out at random. Which accuracy?
#
# <details><summary>You should see</summary>
#
# - at random: <!--see:random_split_ratio-->71 to 81 %<!--/see-->
# - by plant: <!--see:plant_split_ratio-->44 to 53 %<!--/see-->
# </details>

# %% tiny={"role": "run", "budget_s": 5, "output": "text"}
# The same pictures and the same memory, two splits.
part = south.train.take(np.arange(400))
splits = {"at random": audit.split_at_random(400, 0.25, SEED)}
splits["by plant"] = audit.split_by_groups(part.groups, 0.25, SEED)
remembered = {}
for name, (learn, held) in splits.items():
    similar = learn[audit.nearest(part.pictures[learn], part.pictures[held])]
    shared = audit.shared_groups(part.groups[learn], part.groups[held])
    right = int(np.sum(part.labels[similar] == part.labels[held]))
    remembered[name] = right / len(held)
    low, high = wilson_interval(right, len(held))
    print(f"{name}: {right} of {len(held)} ({low:.0%} to {high:.0%}), {len(shared)} plants in both")

# %% [markdown]
# **Explain.** At random, a held-out picture mostly has a brother among the known ones. Memory finds
# it, and looks clever. In the field, each plant is new. This is *leakage*: something of the test is
# in the training.
#
# **Investigate (I).** Collections from several sources bring a second leak: the same picture twice,
# under two names. Then even a split by plant leaks. We plant such a copy and look for it.

# %% tiny={"role": "investigate", "budget_s": 3, "output": "text"}
# Somebody copied two held-out pictures into the training part, with new plant numbers.
learn, held = splits["by plant"]
spoiled = np.concatenate([part.pictures[learn], part.pictures[held[:2]]])
for first, second in audit.copies(spoiled, part.pictures[held]):
    print(f"training picture {first} has the very pixels of held-out picture {second}")
darker = part.pictures[held] // 2
print("copies found after a change of light:", len(audit.copies(spoiled, darker)))

# %% [markdown]
# **Explain.** Equal bytes are easy to find. A copy that was cut, turned or saved again is not. So
# write down the group when you take the picture: nobody can add it later.

# %% [markdown]
# ## 5 · Three things that do not repair it (P, R, I)
#
# **Predict.** For each, say what it does to the southern accuracy: nothing, a little, much.
#
# - twice as many *northern* pictures;
# - *augmentation*: random views of northern pictures, mirrored, zoomed, lighter, darker;
# - *batch normalization* (lesson 01), whose averages are "adaptive".


# %% tiny={"role": "setup", "budget_s": 1, "output": "none"}
# From the recorded runs: lowest and highest of three seeds, in % of 500 test drawings.
def over_seeds(*path):
    values = []
    for run in record["seeds"].values():
        for key in path:
            run = run[key]
        values.append(run)
    rights = 100 * np.array(values) / record["n_test"]
    return rights.min(axis=0), rights.max(axis=0)


# %% tiny={"role": "run", "budget_s": 2, "output": "text"}
# Recorded with three seeds each; make_04.py measured them.
for kind, unit in (("north_pictures", "northern pictures"), ("augment", "times the usual views")):
    for key in sorted(record["seeds"]["7"][kind], key=int):
        (low_n, low_s), (high_n, high_s) = over_seeds(kind, key)
        print(f"{key:>5} {unit:22}", end="")
        print(f"north {low_n:.1f} to {high_n:.1f} %, south {low_s:.1f} to {high_s:.1f} %")

# %% [markdown]
# **Explain.** More of the same is more of the same. Augmentation varies what *we* thought of. It
# cannot invent soil on a leaf, or another leaf form. *Diversity* means other plants, days, people,
# places and cameras. It comes from collecting.
#
# Now the third. While it trains, batch normalization keeps a slow average of what it sees. In use,
# that average stands still: nothing follows by itself. In training it moves by steps.
#
# **Run.** How much of the *first* average is left after a short training?

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Each step keeps `momentum` of the old average: after n steps, momentum ** n of it is left.
n_steps = record["momentum_steps"]
for momentum in ("0.9", "0.99"):
    low, high = over_seeds("momentum", momentum)
    left = float(momentum) ** n_steps
    print(f"momentum {momentum}: after {n_steps} steps, {left:.0%} of the first average is left;")
    print(f"    recorded, 250 northern drawings: {low:.0f} to {high:.0f} % in the north")

# %% [markdown]
# **Explain.** With 0.99, Keras' usual value, a short training fits weights to one average and
# uses them with another. The same holds for a short fine-tuning in the south: much of the average
# is still northern. Take a smaller momentum, or many more steps.

# %% [markdown]
# ## 6 · What local pictures repair (P, R, I, Ma)
#
# **See.** *Fine-tuning* goes on training a network that has learned already, with a few pictures of
# the new place. `k` counts every labelled local picture: four fifths train, one fifth chooses the
# epoch. The test drawings come on top, and are never learned from.
#
# **Predict** the accuracy with 25 and with 400 local pictures. Then **run** both.
#
# <details><summary>You should see</summary>
#
# - 25 local pictures: <!--see:with_25_ratio-->62 to 77 %<!--/see-->
# - 400 local pictures: <!--see:with_400_ratio-->84 to 95 %<!--/see-->
# </details>

# %% tiny={"role": "run", "budget_s": 60, "output": "text"}
# From the northern weights, with k southern pictures.
repaired = {0: by_place["south"]}
for k, epochs in ((25, 80), (400, 30)):
    if CAN_TRAIN:
        local = local_part(south, k, seed=SEED)
        tuned = tml.models.tiny_cnn(south.card.shape, 2, filters=(8, 16, 32), seed=SEED)
        tuned.set_weights(northern_weights)
        tml.train(tuned, local, epochs=epochs, seed=SEED, batch_size=16)
        repaired[k] = tml.accuracy(tuned, south.test)
    else:
        repaired[k] = recorded(str(k), south.test)
for k, answers in repaired.items():
    print(f"{k:3} local pictures:", answers)

# %% [markdown]
# **Run.** The recorded runs fill the table, with three seeds. *From scratch* begins with random
# weights, so it shows what the northern start is worth.

# %% tiny={"role": "run", "budget_s": 3, "output": "figure"}
# Southern accuracy by number of local pictures: the range of three seeds.
rows, title = [("local pictures", "start", "lowest (%)", "highest (%)")], "Repair in the south"
looks = (("fine_tuned", "o-", figure.BLUE), ("from_scratch", "s--", figure.ORANGE))
with figure.canvas() as (fig, axes):
    for kind, style, colour in looks:
        ks, name = [int(k) for k in record["seeds"]["7"][kind]], kind.replace("_", " ")
        low, high = np.array([over_seeds(kind, str(k)) for k in ks]).T
        axes.semilogx(ks, (low + high) / 2, style, color=colour, label=name)
        axes.fill_between(ks, low, high, color=colour, alpha=0.15)
        rows += [(k, name, f"{a:.1f}", f"{b:.1f}") for k, a, b in zip(ks, low, high, strict=True)]
    axes.set(xticks=ks, xticklabels=ks, xlabel="local drawings (number)", ylabel="accuracy (%)")
    axes.minorticks_off()
    axes.legend()
alt = "Two lines with bands: southern accuracy rises with 25, 100 and 400 local drawings."
tml.show(fig, alt=alt, table=rows, title=title)

# %% [markdown]
# **Explain.** Few local pictures do what thousands of northern ones cannot. The northern start
# helps with 25 pictures. With 100 or more it did not help in two of three runs. Perhaps what was
# learned must first be unlearned; these runs cannot tell. And the bands are wide: chance decides
# which pictures you took.
#
# **Investigate (I).** 100 pictures can be of many plants, or of 25. Which is better? Can three
# seeds tell?

# %% tiny={"role": "investigate", "budget_s": 1, "output": "text"}
# Recorded: 100 local pictures, and 100 of 25 plants only, by seed.
for seed, run in record["seeds"].items():
    many, few = run["fine_tuned"]["100"], run["of_25_plants"]
    print(f"seed {seed}: many plants {many / 5:.0f} %, 25 plants {few / 5:.0f} %")

# %% [markdown]
# **Make (Ma).** Which `k` can *you* afford? Write what your own collection would cost: the way to a
# plant, asking its owner, taking pictures, and an expert who labels.

# %% tiny={"role": "make", "budget_s": 1, "output": "text"}
# Minutes and pictures, in place of None. Your hours buy so many pictures.
cost = {"hours": None, "minutes_per_plant": None, "minutes_per_label": None, "per_plant": 2}
if None in cost.values():
    print("Not done yet: the cost of a picture")
    affordable_k = None
else:
    each = cost["minutes_per_plant"] / cost["per_plant"] + cost["minutes_per_label"]
    affordable_k = int(60 * cost["hours"] / each)
    print(f"{each:.1f} minutes a picture: k = {affordable_k}")

# %% [markdown]
# ## 7 · Plan a collection (P, I, Ma)
#
# **See.** A plan says before the first picture: where, when, by whom, with what, of which plants,
# and who must agree. Here is the list of 120 pictures that a group brought home.
#
# **Predict.** Each column seems well filled. One of them ruins the collection. Which?

# %% tiny={"role": "investigate", "budget_s": 2, "output": "text"}
# How many healthy and sick pictures by each column of the list (an invented collection).
rng = np.random.default_rng(4)
sick = np.arange(120) % 2
columns = {
    "person": rng.choice(["Afi", "Kwame", "Lucía"], 120),
    "camera": np.where(rng.random(120) < 0.1 + 0.8 * sick, "phone A", "phone B"),
    "day": rng.choice(["2026-05-04", "2026-05-05", "2026-05-19"], 120),
}
for column, values in columns.items():
    print(column, audit.table_of(sick, values))

# %% [markdown]
# **Explain.** Phone A took nearly all sick leaves. Whatever phone A does to colours now means
# "sick". The eight pixels of section 3 might have shown it; the table shows it before training.
# **Rule:** every label on every day, with every camera, by every person.
#
# **Consent.** Ask the owner of the field, and whoever may be seen or heard. Say what is taken, for
# what, who will have it, for how long, and how to withdraw. A *no* costs them nothing. For
# children, a guardian decides. Phones write place and time into each file: remove them, or ask for
# that, too.
#
# ### Exercise 7.1
#
# Plan the collection for your own question. Numbers are numbers, the rest is text.

# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
# Your plan, in place of None.
plan = {
    "question": None,
    "n_places": None,
    "n_days": None,
    "n_cameras": None,
    "n_groups": None,  # plants, people, machines
    "pictures_per_group": None,
    "who_is_asked": None,
    "how_to_withdraw": None,
}

# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: nothing is open; there is more than one of each; groups are many and pictures of each few.
least = {"n_places": 2, "n_days": 2, "n_cameras": 2, "n_groups": 10, "pictures_per_group": 1}
if all(value is None for value in plan.values()):
    print("Not done yet: exercise 7.1")
else:
    texts = {name for name in least if isinstance(plan[name], str)}  # "3" is no number
    open_fields = [name for name in plan if name in texts or own_card.is_placeholder(plan[name])]
    few = [name for name, n in least.items() if name not in open_fields and plan[name] < n]
    print("still open, or no number:", ", ".join(open_fields) or "nothing")
    print("too few to tell them apart from the label:", ", ".join(few) or "none")
    if not open_fields + few and plan["pictures_per_group"] > 10:
        print("Many pictures of few plants: would you learn what holds for a new plant?")

# %% [markdown]
# ## 8 · Write the card (R, I, Ma)
#
# **See.** A *dataset card* answers the questions of somebody who was not there. The cards of this
# course are small text files, `datasets/*/card.toml`. Yours has eleven fields.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# The fields, each with its question; and the licence of the northern drawings.
for field, question in own_card.FIELDS.items():
    print(f"{field:9}{question}")
print("\nleaves_north:", north.card.licence)

# %% [markdown]
# **Predict.** You found these collections on the Internet. Which may you change and pass on to
# another university, and on which condition?
#
# | | what its owner says |
# |---|---|
# | A | bean leaves, Uganda: MIT licence |
# | B | cats and dogs of shelters: for research and education, not to be passed on |
# | C | small photographs in ten classes: nothing is said |
# | D | coughs: CC BY 4.0 |
#
# <details><summary>Compare</summary>
#
# A: yes, with the licence text. D: yes, naming the authors and your changes. B: no; you may tell
# others where to find it. C: no; where nothing is said, the rights stay with the authors. That one
# can download something is no permission. And a licence gives no consent for those in the pictures.
# </details>
#
# ### Exercise 8.1
#
# Write the card of your planned collection. What is not known is said in words, with the reason.

# %% tiny={"role": "make", "budget_s": 1, "output": "none"}
# Your card: replace each "TODO".
card = {
    "title": "TODO",
    "purpose": "TODO",
    "labels": ["TODO"],
    "place": "TODO",
    "dates": "TODO",
    "devices": ["TODO"],
    "group": "TODO",
    "counts": {"healthy": None, "sick": None},
    "consent": "TODO",
    "licence": "TODO",
    "limits": ["TODO"],
}

# %% tiny={"role": "test", "budget_s": 1, "output": "text"}
# Tested: every field is there and says something. Whether it is true, only you can know.
missing = own_card.unanswered(card)
if len(missing) == len(own_card.FIELDS):
    print("Not done yet: exercise 8.1")
elif missing:
    print("These say nothing yet:", ", ".join(missing))
else:
    print("The public test passed. Give the card to a neighbour: what would they still ask?")

# %% [markdown]
# ## 9 · Your own pictures (R, Mo)
#
# **Change (Mo).** Take 30 photographs of two kinds of things, at two places. Name the files after
# what must stay together: `sick/plant07_a.jpg`. Put the folder's name into `FOLDER` in the second
# cell. The audit is the same as for the drawings. Without a folder, the southern drawings stand in.
#
# A camera of this computer shows what a picture is for a program. It can be left out: "Start" opens
# the camera, and no picture leaves this notebook.

# %% tiny={"role": "modify", "budget_s": 2, "output": "figure"}
# Optional: each picture that you take is in camera.pictures, as (height, width, 3) bytes.
camera = widgets.webcam(width=96, height=96)
camera

# %% tiny={"role": "modify", "budget_s": 10, "output": "text"}
# Read, split by group, probe the background.
mine, names = own_pictures(FOLDER) if FOLDER else (south.train, south.card.labels)
learn, held = audit.split_by_groups(mine.groups, 0.3, SEED)
probe = audit.border_probe(mine.take(learn))
n_right = int(np.sum(probe.predict(mine.pictures[held]) == mine.labels[held]))
low, high = wilson_interval(n_right, len(held))
print(f"{len(mine)} pictures of {', '.join(names)}, {len(np.unique(mine.groups))} groups")
print(f"background probe: {n_right} of {len(held)}, interval {low:.0%} to {high:.0%}")
print("a constant answer gets", f"{np.bincount(mine.labels[held]).max() / len(held):.0%}")

# %% [markdown]
# ## Check yourself
#
# 1. The northern model is at 50 % in the south. What helps most?
#    - **a** ten times as many northern pictures
#    - **b** 400 labelled pictures of the south
#    - **c** stronger augmentation
# 2. A probe sees eight background pixels, and is right on 86 % of new pictures. What now?
#    - **a** train a larger network
#    - **b** nothing: the network will look at the leaf
#    - **c** take the pictures again, with both labels on every background
# 3. 1,000 pictures of 50 plants. Which split tells how it does on new plants?
#    - **a** by plant
#    - **b** at random, 80 to 20
#    - **c** at random, but repeated ten times
# 4. You fine-tune for 25 steps; batch normalization has momentum 0.99. What about its averages?
#    - **a** they follow by themselves
#    - **b** they are still mostly northern
#    - **c** they play no part in use
# 5. A page offers 10,000 leaf pictures, without a word about rights. May you pass them on?
#    - **a** yes, they are open
#    - **b** yes, for teaching
#    - **c** no, not without permission

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Your letters, such as {1: "a", 2: "c"}. Each one that you fill in gets an answer.
letters = {1: None, 2: None, 3: None, 4: None, 5: None}
tml.lessons.check_yourself("04", letters)

# %% [markdown]
# ## Your predictions again
#
# Compare. Where you were wrong, say in one sentence why, and keep the sentence.

# %% tiny={"role": "check", "budget_s": 1, "output": "text"}
# Predicted against found; the second is the range of the recorded runs.
after_2000 = [ends[1] for ends in over_seeds("north_pictures", "2000")]
came_true = {
    "right_of_100_in_the_south": round(100 * by_place["south"].ratio),
    "the_same_after_2000_northern": f"{after_2000[0]:.1f} to {after_2000[1]:.1f}",
    "the_same_after_25_southern": round(100 * repaired[25].ratio),
}
tml.lessons.compare(predictions, came_true)

# %% [markdown]
# ## What you can now do, and what this does not show
#
# You can look for shortcuts and leaks before you train. You can say what another place costs, what
# local pictures repair, and what one of them costs you. You have a plan and a card.
#
# **This does not show**
# - anything about real leaves: places, plants and illness are invented, and so is the size of the
#   repair;
# - that 400 pictures are enough for you: measure your own curve;
# - that a collection without a shortcut on its border has none elsewhere;
# - the law of your country: ask at your university who decides about consent and rights.

# %% [markdown]
# ## Ledger
#
# In this lesson the costly part is not the computer. It is people's time.

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One line for the ledger of the course: labelled local pictures, and accuracy gained by each.
gained = {k: repaired[k].ratio - repaired[0].ratio for k in (25, 400)}
ledger = {
    "lesson": "04",
    "points_per_picture_25": round(100 * gained[25] / 25, 2),
    "points_per_picture_400": round(100 * gained[400] / 400, 2),
    "affordable_k": affordable_k,
    "training_s": round(history.seconds, 1) if CAN_TRAIN else None,
}
print(json.dumps(ledger))

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# What you found, in numbers; the ranges under "You should see" come from such files.
found = {
    "north_ratio": by_place["north"].ratio,
    "south_ratio": by_place["south"].ratio,
    "said_sick_ratio": said_sick_ratio,
    "probe_north_ratio": probed["north"].ratio,
    "probe_south_ratio": probed["south"].ratio,
    "random_split_ratio": remembered["at random"],
    "plant_split_ratio": remembered["by plant"],
    "with_25_ratio": repaired[25].ratio,
    "with_400_ratio": repaired[400].ratio,
}

# %% tiny={"role": "run", "budget_s": 1, "output": "text"}
# One file with what you wrote and found, beside this notebook, for you and your lecturer.
tml.lessons.keep(
    "04",
    predictions=predictions,
    cost=cost,
    plan=plan,
    card=card,
    letters=letters,
    ledger=ledger,
    found=found,
)

# %% [markdown]
# ## Next
#
# Lesson 05 turns to sensors: there, too, the place of measuring is part of the data. Lesson 12
# packs a collection with its card for another university. Assignment A04 *Data at home* asks for a
# card, a probe, a split and a report of shift.
#
# ### Words
#
# Translations are **drafts**: no speaker has reviewed them yet.
#
# | English | français | português | español | العربية | Kiswahili |
# |---|---|---|---|---|---|
# | shift | décalage | mudança | desplazamiento | تحول | badiliko |
# | shortcut | raccourci | atalho | atajo | طريق مختصر | njia ya mkato |
# | leakage | fuite | vazamento | fuga | تسرب | uvujaji |
# | group | groupe | grupo | grupo | مجموعة | kundi |
# | consent | consentement | consentimento | consentimiento | موافقة | ridhaa |
# | card | fiche | ficha | ficha | بطاقة | kadi |
# | licence | licence | licença | licencia | رخصة | leseni |
# | fine-tuning | réglage fin | ajuste fino | ajuste fino | ضبط دقيق | urekebishaji mdogo |
# | diversity | diversité | diversidade | diversidad | تنوع | utofauti |
# | probe | sonde | sonda | sonda | مسبار | kipimo |
#
# ### Sources
#
# - "Tiny Machine Learning", news of the Abdus Salam International Centre for Theoretical Physics,
#   November 2021: the student in Benin, and open collections of the north.
# - T. Gebru and others, "Datasheets for datasets", Communications of the ACM 64, 2021: questions
#   that a card answers.
# - R. Geirhos and others, "Shortcut learning in deep neural networks", Nature Machine Intelligence
#   2, 2020: right for the wrong reason.
# - S. Kaufman and others, "Leakage in data mining", ACM Transactions on Knowledge Discovery from
#   Data 6, 2012: leakage.
# - S. Ioffe, C. Szegedy, "Batch normalization", arXiv 1502.03167, 2015: averages in training and
#   use.
# - Terms of A to D: TensorFlow Datasets `beans`; Microsoft's page of the cats and dogs; CIFAR-10's
#   page; Zenodo 4048312.
# - Drawings: datasets/leaves/make.py. Recorded trainings: notebooks/models/make_04.py.
