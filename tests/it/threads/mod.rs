//! Does every call come back, from whichever threads a program calls the library?

mod pools;
mod states;
