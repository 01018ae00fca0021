"""Base classes of the monitors of `tf.contrib.learn`."""


def output_of(outputs, request):
    """Return the value fetched for `request`, a tensor; it may have been requested by tensor or by name."""
    return outputs[request] if request in outputs else outputs[request.name]


class BaseMonitor:
    """Callbacks before and after each training step.

    The methods raise ValueError if they are called out of order.
    """

    def __init__(self):
        self._begun = False
        self._current_epoch = self._current_step = self._max_steps = self._estimator = None

    @property
    def run_on_all_workers(self):
        """Whether workers other than the chief run this monitor."""
        return False

    def set_estimator(self, estimator):
        """Set the estimator that is being trained."""
        if estimator is None:
            raise ValueError("Missing estimator.")
        self._estimator = estimator

    def begin(self, max_steps=None):
        """Called before training."""
        if self._begun:
            raise ValueError("begin called twice without end.")
        self._max_steps, self._begun = max_steps, True

    def end(self, session=None):
        """Called after training."""
        if not self._begun:
            raise ValueError("end called without begin.")
        self._max_steps, self._begun = None, False

    def epoch_begin(self, epoch):
        """Called before each epoch."""
        if self._current_epoch is not None:
            raise ValueError("epoch_begin called twice without epoch_end.")
        if epoch < 0:
            raise ValueError(f"Invalid epoch {epoch}.")
        self._current_epoch = epoch

    def epoch_end(self, epoch):
        """Called after each epoch."""
        if self._current_epoch != epoch:
            raise ValueError(f"epoch_end expected {self._current_epoch} but got {epoch}.")
        self._current_epoch = None

    def step_begin(self, step):
        """Called before each step; return a list of tensors or tensor names to fetch."""
        if step < 0 or self._max_steps is not None and step > self._max_steps:
            raise ValueError(f"Invalid step {step}.")
        self._current_step = step
        return []

    def step_end(self, step, output):
        """Called after each step with {tensor or name as requested: value}; return True to stop training."""
        if self._current_step != step:
            raise ValueError(f"step_end expected {self._current_step} but got {step}.")
        self._current_step = None
        return False

    def post_step(self, step, session):
        """Called after `step_end` of all monitors."""


class EveryN(BaseMonitor):
    """A monitor whose callbacks run in the first `first_n_steps` steps and then every `every_n_steps` steps."""

    def __init__(self, every_n_steps=100, first_n_steps=1):
        super().__init__()
        self._every_n_steps, self._first_n_steps = every_n_steps, first_n_steps
        self._last_successful_step, self._last_active_step, self._active = None, 0, False

    def every_n_step_begin(self, step):
        """Called before an active step; return what to fetch, as in `step_begin`."""
        return []

    def every_n_step_end(self, step, outputs):
        """Called after an active step; return True to stop training."""
        return False

    def every_n_post_step(self, step, session):
        """Called after `every_n_step_end` of all monitors."""

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
