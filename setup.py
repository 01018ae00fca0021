"""Packaging. `pip install .[test]` brings what the tests need."""

from setuptools import find_packages, setup

DOCS = [  # the site, its theme, and the study's notebook
    "sphinx>=8.1,<9.1",
    "myst-parser>=4.0,<5.3",
    "furo>=2024.8,<2026",
    "nbclient>=0.10,<0.12",
    "ipykernel>=6.29,<8",
]

setup(
    name="tf1-rnn",
    version="0.1.0",
    description="Run, reproduce, port and prove TensorFlow 1 RNN programs on today's TensorFlow",
    long_description=open("README.md", encoding="utf-8").read(),
    long_description_content_type="text/markdown",
    author="The tf1-rnn authors",
    license="Apache-2.0",
    license_files=["LICENSE", "NOTICE", "mnist_digits/data/README.md"],
    keywords="tensorflow-1 rnn lstm keras migration checkpoint mnist reproducibility",
    classifiers=[
        "Development Status :: 4 - Beta",
        "Intended Audience :: Developers",
        "Intended Audience :: Education",
        "Intended Audience :: Science/Research",
        "Operating System :: POSIX :: Linux",
        *(f"Programming Language :: Python :: 3.{minor}" for minor in (10, 11, 12, 13)),
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Typing :: Typed",
    ],
    python_requires=">=3.10",
    packages=find_packages(
        include=[
            f"{name}{rest}"
            for name in ("mnist_digits", "mnist_training", "legacy_graph", "keras_port", "parity")
            for rest in ("", ".*")
        ]
    ),
    package_data={
        "": ["py.typed"],
        "mnist_digits": ["data/*"],
        "parity.report": ["report.css", "data/*"],
        "legacy_graph.graph115": ["*.txt"],
    },
    install_requires=[
        # 2.21 and its twin are the newest that were tested. tf-keras must be of TensorFlow's own
        # minor version: its legacy cells reach into TensorFlow's internals.
        "tensorflow~=2.21.0",
        "tf-keras~=2.21.0",
        "keras>=3.12",
        "numpy>=1.26",
        "tf-slim>=1.1",  # tf.contrib.layers, .framework and .slim, kept by Google
        "tensorflow-estimator==2.15.0",  # tf.estimator: Google's last; loaded with stand-ins for what is gone
        "tensorboard",  # tf.summary refuses to import without it
        "tqdm",  # the progress bar
        "h5py",  # what .keras files keep weights in; Keras needs it, too. Looked into before Keras loads them
        "pillow",  # keras-port predict reads pictures
    ],
    extras_require={
        "report": ["matplotlib"],
        "docs": DOCS,
        # jax: the port's other backend. hypothesis: makes up what files and graphs may hold (tests/faults)
        "test": ["pytest", "pytest-xdist", "hypothesis", "matplotlib", "jax", "setuptools>=77", *DOCS],
    },
    entry_points={
        "console_scripts": [
            "legacy-graph = legacy_graph.__main__:main",
            "keras-port = keras_port.__main__:main",
            "parity = parity.__main__:main",
        ],
        # Called like its module: `-p legacy_graph.testing.plugin` does not load it twice then.
        "pytest11": ["legacy_graph.testing.plugin = legacy_graph.testing.plugin"],
    },
)
