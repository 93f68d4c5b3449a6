//! Functions with known derivatives, each written once for every kind of number and checked in
//! every mode: gradient, Jacobian, Hessian, products with vectors, duals, recorded gradients.

#[path = "functions/adbench.rs"]
mod adbench;
#[path = "functions/data.rs"]
mod data;
#[path = "functions/difftests.rs"]
mod difftests;
#[path = "functions/gradbench.rs"]
mod gradbench;
#[path = "functions/mgh.rs"]
mod mgh;
#[path = "shared/mgh.rs"]
mod mgh_problems;
#[path = "functions/micrograd.rs"]
mod micrograd;
#[path = "functions/modes.rs"]
mod modes;
#[path = "functions/partials.rs"]
mod partials;
