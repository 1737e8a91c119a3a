//! Stories: text files that say what happened and what must follow. The grammar is in the tests' README.
