"""What a search knows from an earlier one: its trials, told to the study of the new run."""

from collections.abc import Mapping

import optuna
from optuna.storages import BaseStorage
from optuna.trial import TrialState, create_trial

from services.automl.study import CONSTRAINT, NUMBER, open_study


def copy_history(
    storage: BaseStorage,
    *,
    from_run_id: str,
    to_run_id: str,
    numbers: Mapping[int, int],
    values: Mapping[int, float | None],
    excesses: Mapping[int, float],
    greater_is_better: bool,
) -> int:
    """Tell the study of a run what another run tried. Doing so again changes nothing.

    Parameters
    ----------
    numbers
        Number of a trial in the run it comes from, to its number in the new one.
    values
        The objective by the new number, None for a failure.
    excesses
        How far each is beyond a limit by the new number, as `study.tell`; empty without limits.

    Returns
    -------
    int
        How many trials the study did not know yet.
    """
    try:
        source = optuna.load_study(study_name=from_run_id, storage=storage)
    except KeyError:  # its study is gone: the search goes on without advice
        return 0
    study = open_study(storage, run_id=to_run_id, greater_is_better=greater_is_better)
    known = {trial.user_attrs.get(NUMBER) for trial in study.get_trials(deepcopy=False)}
    n_told = 0
    for trial in source.get_trials(deepcopy=False):
        number = numbers.get(trial.user_attrs.get(NUMBER, 0))
        if number is None or number in known or number not in values:
            continue
        value = values[number]
        study.add_trial(
            create_trial(
                state=TrialState.FAIL if value is None else TrialState.COMPLETE,
                value=value,
                params=trial.params,
                distributions=trial.distributions,
                user_attrs={NUMBER: number},
                system_attrs={CONSTRAINT: excesses[number]} if number in excesses else {},
            )
        )
        n_told += 1
    return n_told
