"""The Open Inference Protocol, version 2, as KServe, Triton, MLServer and Seldon speak it: one tensor per column.

Requests are parsed strictly and refused with the place of the fault (a tensor, a row number), never with a value.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError

from services.deployments.answers import Answers
from services.errors import InvalidInputError
from services.models.signature import Signature, SignatureColumn

MAX_ROWS = 10_000
MAX_COLUMNS = 2_000
_MAX_FAULTS_NAMED = 5
_NAME_LENGTH = 256

Datatype = Literal["FP64", "FP32", "INT64", "INT32", "BYTES", "BOOL"]
Finite = Annotated[StrictFloat, Field(allow_inf_nan=False)]
Value = StrictBool | StrictInt | Finite | StrictStr | None
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "FP64": (int, float),
    "FP32": (int, float),
    "INT64": (int,),
    "INT32": (int,),
    "BYTES": (str,),
    "BOOL": (bool,),
}
_ACCEPTED = {  # by kind of column: what a client may send
    "number": ("FP64", "FP32", "INT64", "INT32"),
    "category": ("BYTES", "INT64", "INT32", "BOOL"),
    "text": ("BYTES",),
    "date": ("BYTES",),
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RequestTensor(_Strict):
    """One column: `shape` is [rows] or [rows, 1]; null stands for a missing value."""

    name: Annotated[str, Field(min_length=1, max_length=_NAME_LENGTH)]
    shape: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)]
    datatype: Datatype
    data: Annotated[list[Value], Field(max_length=MAX_ROWS)]
    parameters: dict[str, StrictStr | StrictInt | Finite | StrictBool] | None = None


class RequestedOutput(_Strict):
    """An output the client wants; without any, all are answered."""

    name: Annotated[str, Field(min_length=1, max_length=_NAME_LENGTH)]
    parameters: dict[str, StrictStr | StrictInt | Finite | StrictBool] | None = None


class InferenceRequest(_Strict):
    """Rows to predict."""

    id: Annotated[str, Field(max_length=_NAME_LENGTH)] | None = None
    parameters: dict[str, StrictStr | StrictInt | Finite | StrictBool] | None = None
    inputs: Annotated[list[RequestTensor], Field(min_length=1, max_length=MAX_COLUMNS)]
    outputs: Annotated[list[RequestedOutput], Field(max_length=MAX_COLUMNS)] | None = None

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """The request in `body`.

        Raises
        ------
        InvalidInputError
            It is not JSON (or nested too deeply), or does not follow the protocol.
        """
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            found = error.errors(include_input=False, include_context=False, include_url=False)
            faults = dict.fromkeys(_describe(fault["loc"], fault["type"]) for fault in found)
        raise InvalidInputError(*list(faults)[:_MAX_FAULTS_NAMED])

    def columns(self, signature: Signature, *, also_text: Collection[str] = ()) -> dict[str, list[Any]]:
        """The values by column, checked against the datatypes that fit the model's columns.

        Parameters
        ----------
        also_text
            Columns that may come as text, whatever the model takes: a step reads them first.

        Raises
        ------
        InvalidInputError
            A tensor appears twice, its shape or datatype does not fit; names columns and row numbers.
        """
        kinds = {column.name: column.kind for column in signature.columns}
        faults: list[str] = []
        columns: dict[str, list[Any]] = {}
        for tensor in self.inputs:
            is_text = tensor.name in also_text and tensor.datatype == "BYTES"
            kind = "text" if is_text else kinds.get(tensor.name)
            faults += _tensor_faults(tensor, kind, is_repeated=tensor.name in columns)
            columns[tensor.name] = list(tensor.data)
        if faults:
            raise InvalidInputError(*faults[:_MAX_FAULTS_NAMED])
        return columns


def describe_model(name: str, version: int, signature: Signature) -> dict[str, Any]:
    """The protocol's metadata of a model: its inputs and outputs."""
    outputs = [_tensor("prediction", "BYTES" if signature.classes else "FP64", -1)]
    outputs += [_tensor(f"probability_{label}", "FP64", -1) for label in signature.classes]
    if signature.positive_label is not None:
        outputs.append(_tensor("decision", "BOOL", -1))
    return {
        "name": name,
        "versions": [str(version)],
        "platform": "drivetrain_portal",
        "inputs": [_tensor(column.name, _datatype(column), -1) for column in signature.columns],
        "outputs": outputs,
    }


def describe_answers(
    name: str, version: int, request: InferenceRequest, answers: Answers, warnings: Sequence[str]
) -> dict[str, Any]:
    """The protocol's answer; `parameters.warnings` says what was unusual about the rows.

    Raises
    ------
    InvalidInputError
        The client asked for an output that the model does not have.
    """
    outputs = {
        label: _tensor(label, _answer_datatype(values), len(values)) | {"data": list(values)}
        for label, values in answers.columns()
    }
    wanted = [output.name for output in request.outputs] if request.outputs else list(outputs)
    if not set(wanted) <= set(outputs):
        raise InvalidInputError(f"The model gives only these outputs: {', '.join(outputs)}.")
    answer: dict[str, Any] = {
        "model_name": name,
        "model_version": str(version),
        "outputs": [outputs[label] for label in wanted],
    }
    if request.id is not None:
        answer["id"] = request.id
    if warnings:
        answer["parameters"] = {"warnings": " ".join(warnings)}
    return answer


def _tensor_faults(tensor: RequestTensor, kind: str | None, *, is_repeated: bool) -> list[str]:
    name = f"“{tensor.name}”"
    faults = [f"{name} is given twice. Give each column once."] if is_repeated else []
    if tensor.shape not in ((len(tensor.data),), (len(tensor.data), 1)):
        faults.append(f"{name} has {len(tensor.data)} values, which is not its shape. Give [rows] or [rows, 1].")
    if kind is not None and tensor.datatype not in _ACCEPTED[kind]:
        faults.append(f"{name} is a {kind}: send it as {' or '.join(_ACCEPTED[kind])}.")
    if wrong := _rows_of_other_type(tensor):
        faults.append(f"{name} is not {tensor.datatype} in row {', '.join(map(str, wrong))}.")
    return faults


def _rows_of_other_type(tensor: RequestTensor) -> list[int]:
    types = _PYTHON_TYPES[tensor.datatype]
    wrong = (
        number
        for number, value in enumerate(tensor.data, start=1)
        if value is not None and (not isinstance(value, types) or (isinstance(value, bool) and bool not in types))
    )
    return _first(wrong, _MAX_FAULTS_NAMED)


def _first(numbers: Iterable[int], n: int) -> list[int]:
    return [number for number, _ in zip(numbers, range(n), strict=False)]


def _describe(place: tuple[int | str, ...], fault: str) -> str:
    """Where a request breaks the protocol: tensors and rows are counted from 1; the value itself is not repeated."""
    if fault in ("json_invalid", "json_type") or not place:
        return "The body is not a JSON object of the Open Inference Protocol, version 2."
    words = [f"number {part + 1}" if isinstance(part, int) else str(part)[:60] for part in place[:4]]
    if "data" in place:
        words = words[: words.index("data") + 2]
    return f"{' '.join(words)}: {_FAULTS.get(fault, 'is not what the protocol asks for here')}."


_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not a field of the protocol",
    "too_long": "has too many entries",
    "too_short": "has too few entries",
    "string_too_long": "is too long",
}


def _tensor(name: str, datatype: str, n_rows: int) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": [n_rows]}


def _datatype(column: SignatureColumn) -> str:
    return "FP64" if column.kind == "number" else "BYTES"


def _answer_datatype(values: Sequence[object]) -> str:
    if values and isinstance(values[0], bool):
        return "BOOL"
    return "BYTES" if values and isinstance(values[0], str) else "FP64"
