"""What the files of a run are called on a tracking server, and by people."""

PIPELINE, TWIN = "model/pipeline.skops", "model/model.onnx"
SCHEMA, SCRIPT, CARD, PROJECT = "model/schema.json", "model/train.py", "model/card.md", "project.yaml"
NAMES = {
    PIPELINE: "The pipeline",
    TWIN: "Its ONNX twin",
    SCHEMA: "The schema",
    SCRIPT: "The training script",
    CARD: "The model card",
    PROJECT: "The project file",
}
