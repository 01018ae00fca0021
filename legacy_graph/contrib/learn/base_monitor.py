"""What all monitors of `tf.contrib.learn` are children of."""


def output_of(outputs, request):
    """What was fetched for a tensor, which may have been asked for by itself or by its name."""
    return outputs[request] if request in outputs else outputs[request.name]


class BaseMonitor:
    """Is asked before and after each step.

    Methods raise ValueError where they are called out of order.
    """

    def __init__(self):
        self._begun = False
        self._current_epoch = self._current_step = self._max_steps = self._estimator = None

    @property
    def run_on_all_workers(self):
        """Whether workers that are not the chief ask it too."""
        return False

    def set_estimator(self, estimator):
        """Say which estimator it is for."""
        if estimator is None:
            raise ValueError("Missing estimator.")
        self._estimator = estimator

    def begin(self, max_steps=None):
        """Training begins."""
        if self._begun:
            raise ValueError("begin called twice without end.")
        self._max_steps, self._begun = max_steps, True

    def end(self, session=None):
        """Training has ended."""
        if not self._begun:
            raise ValueError("end called without begin.")
        self._max_steps, self._begun = None, False

    def epoch_begin(self, epoch):
        """An epoch begins."""
        if self._current_epoch is not None:
            raise ValueError("epoch_begin called twice without epoch_end.")
        if epoch < 0:
            raise ValueError(f"Invalid epoch {epoch}.")
        self._current_epoch = epoch

    def epoch_end(self, epoch):
        """An epoch has ended."""
        if self._current_epoch != epoch:
            raise ValueError(f"epoch_end expected {self._current_epoch} but got {epoch}.")
        self._current_epoch = None

    def step_begin(self, step):
        """A step begins; return what to fetch: a list of tensors and names."""
        if step < 0 or self._max_steps is not None and step > self._max_steps:
            raise ValueError(f"Invalid step {step}.")
        self._current_step = step
        return []

    def step_end(self, step, output):
        """A step has ended; `output` has what was fetched, by what it was asked for. Return True to stop."""
        if self._current_step != step:
            raise ValueError(f"step_end expected {self._current_step} but got {step}.")
        self._current_step = None
        return False

    def post_step(self, step, session):
        """All monitors have seen the step."""


class EveryN(BaseMonitor):
    """Is asked in the first steps, and then every so many."""

    def __init__(self, every_n_steps=100, first_n_steps=1):
        super().__init__()
        self._every_n_steps, self._first_n_steps = every_n_steps, first_n_steps
        self._last_successful_step, self._last_active_step, self._active = None, 0, False

    def every_n_step_begin(self, step):
        """Such a step begins; return what to fetch."""
        return []

    def every_n_step_end(self, step, outputs):
        """Such a step has ended; return True to stop."""
        return False

    def every_n_post_step(self, step, session):
        """All monitors have seen such a step."""

    def step_begin(self, step):
        """See BaseMonitor."""
        super().step_begin(step)
        due = step >= self._every_n_steps + self._last_active_step
        self._active = step <= self._first_n_steps or due or step == self._max_steps
        return self.every_n_step_begin(step) if self._active else []

    def step_end(self, step, output):
        """See BaseMonitor."""
        super().step_end(step, output)
        return self.every_n_step_end(step, output) if self._active else False

    def post_step(self, step, session):
        """See BaseMonitor."""
        super().post_step(step, session)
        if self._active:
            self.every_n_post_step(step, session)
            self._last_active_step = step
        self._last_successful_step = step

    def end(self, session=None):
        """See BaseMonitor."""
        super().end(session=session)
        if self._last_successful_step != self._last_active_step:
            self.every_n_post_step(self._last_successful_step, session)
