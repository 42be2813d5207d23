"""What conversion takes and says, shared by the parent and the process that converts."""

SCHEMES = ("float32", "dynamic", "float16", "int8")
METADATA_NAME = "tinymledu"

# Files in the folder that the two processes share.
MODEL_FILE = "model.keras"
CALIBRATION_FILE = "calibration.npy"
REQUEST_FILE = "request.json"
FAILURE_FILE = "failure.txt"
