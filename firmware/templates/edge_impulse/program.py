#!{{ python }}
"""{{ model_name }} for clients of Edge Impulse for Linux: MODEL.eim SOCKET

Written by tinymledu {{ version }}, which it needs, from a .tflite file with SHA-256
{{ model_sha256 }}.
"""

import base64
import sys

from tinymledu.boards.eim.server import main

MODEL = base64.b64decode(
    """
{% for line in lines %}
{{ line }}
{% endfor %}
"""
)

sys.exit(main(MODEL, name={{ title }}, sensor="{{ sensor }}", frequency_hz={{ frequency_hz }}))
