"""Edge Impulse for Linux: a model as a .eim program.

parameters.py says what the program tells its clients, program.py writes and compiles it (C), and
server.py is the same program in Python, for computers without a compiler. The C that does not
depend on the model is in firmware/edge_impulse/.
"""
