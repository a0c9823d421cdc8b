//! What does a network look like in numbers?
