{% include "exports/parts/sketch.cpp" %}
