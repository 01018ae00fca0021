"""TensorFlow 1 scripts in pytest: `plugin` collects them as tests, `scripts` is the fixture that runs or builds one."""
