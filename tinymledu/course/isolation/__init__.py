"""The layers of the jail, one module each. `course.sandbox` puts them together.

Linux only, and used only there; importing a module of this package is harmless elsewhere.
"""
