"""A model as a project for other people's tools: C library, Arduino, PlatformIO, Zephyr, ESP-IDF.

`export` writes a folder; kinds.py is the table of what can be written, and
firmware/templates/exports/ holds one folder of templates for each kind.
"""
