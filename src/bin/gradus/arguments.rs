//! The command line.

use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

const EXPRESSIONS: &str = "\
Expressions:
  numbers 2, .5, 1e-3; names; + - * / % ^ and parentheses; `**` is `^`; -x^2 is -(x^2), 2^3^2 is 2^(3^2)
  functions by their names, as in sin(x), atan2(y, x), sum(a, b, c); `gradus functions` lists them all
  constants pi, e, tau
  statements, separated by `;` or new lines, name intermediate results: \"z = w*x + b; (z - y)^2\"
  comments, from # to the end of the line; `-` reads the expression from the standard input

Exit status: 0, or 1 if a check failed, or 2 for a mistake in the expression or the arguments.";

/// Derivatives of a formula, exact to rounding: every step explained, checked and drawn.
#[derive(Debug, Parser)]
#[command(version, after_help = EXPRESSIONS, arg_required_else_help = true, subcommand_required = true)]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Every step of the computation and of its reverse sweep, as a table
    #[command(after_help = "Example:\n  gradus explain \"x^2*y + sin(x)\" --at x=2 --at y=3\n  \
        gradus explain \"z = w*x + b; loss = (z - 1)^2\" --at w=0.5,x=2,b=0.1 --paths w")]
    Explain(Explain),
    /// The value and the gradient, by one reverse sweep
    #[command(alias = "gradient", after_help = "Example:\n  gradus grad \"x^2 + 3*x*y + y^2\" --at x=2 --at y=3")]
    Grad(Formula),
    /// The Jacobian: the derivative of each of several expressions with respect to each variable
    #[command(after_help = "Example:\n  gradus jacobian \"x^2*y\" \"x + y^3\" --at x=2 --at y=3")]
    Jacobian(Formula),
    /// The Hessian: all second derivatives
    #[command(after_help = "Example:\n  gradus hessian \"x^3 + 2*x*y^2 + y^4\" --at x=1 --at y=2")]
    Hessian(Formula),
    /// The derivative along a direction, in forward mode: with dual numbers
    #[command(
        alias = "dual",
        after_help = "Examples:\n  gradus derivative \"x^3 + 2*x^2 - 5*x + 1\" --at x=3\n  \
            gradus derivative \"sin(x)*y^2\" --at x=pi/4 --at y=2 --along x=1"
    )]
    Derivative(Derivative),
    /// Derivatives by central differences, beside the exact ones
    #[command(after_help = "Example:\n  gradus numeric \"sin(x)*cos(y)\" --at x=pi/4 --at y=pi/3 --step 1e-5")]
    Numeric(Numeric),
    /// Compare derivatives with finite differences: the exact ones, or some of your own
    #[command(after_help = "Examples:\n  gradus check \"x^2*y + sin(x)\" --at x=2 --at y=3\n  \
        gradus check \"x^2*y + sin(x)\" --at x=2 --at y=3 --claim \"x = 2*x*y\" --claim \"y = x^2\"\n\n\
        The last one fails: the claim for x has no cosine.")]
    Check(Check),
    /// The graph as a picture, or as a page to step through
    #[command(
        after_help = "Examples:\n  gradus draw \"z = w*x + b; loss = (z - 1)^2\" --at w=0.5,x=2,b=0.1 --html steps.html\n  \
        gradus draw \"x^2*y + sin(x)\" --at x=2,y=3 --svg graph.svg --dot=graph.dot\n  \
        gradus draw \"x*x\" --at x=3 --mermaid"
    )]
    Draw(Draw),
    /// The functions that an expression may call
    Functions,
}

/// What is differentiated, and where.
#[derive(Debug, Args)]
pub struct Formula {
    /// The expression; several, or statements that name intermediate results
    #[arg(required = true, value_name = "EXPRESSION")]
    pub expressions: Vec<String>,
    /// The value of a variable, as in x=2 or x=pi/4; several with commas, or by saying it again
    #[arg(long, value_name = "NAME=VALUE")]
    pub at: Vec<String>,
    /// Show so many digits behind the point
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(0..=50))]
    pub decimals: Option<u16>,
    /// Write JSON, with all digits
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    pub formula: Formula,
    /// Only the paths from these variables or named results, separated by commas, to the output
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub paths: Vec<String>,
}

#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("formats").args(["svg", "html", "dot", "mermaid"]).required(true).multiple(true))]
pub struct Draw {
    /// The expression, or statements that name intermediate results
    #[arg(required = true, value_name = "EXPRESSION")]
    pub expressions: Vec<String>,
    /// The value of a variable, as in x=2 or x=pi/4; several with commas, or by saying it again
    #[arg(long, value_name = "NAME=VALUE")]
    pub at: Vec<String>,
    /// A picture, for any browser; `-` writes it to the standard output
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
    /// A page that goes through the computation and its reverse sweep step by step; it works from disk
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Graphviz's language, to the standard output or to a file
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub dot: Option<PathBuf>,
    /// A Mermaid flowchart, to the standard output or to a file
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, default_missing_value = "-")]
    pub mermaid: Option<PathBuf>,
    /// From top to bottom instead of from left to right
    #[arg(long)]
    pub down: bool,
    /// Show so many digits behind the point [default: 4]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(0..=17))]
    pub decimals: Option<u16>,
}

#[derive(Debug, Args)]
pub struct Derivative {
    #[command(flatten)]
    pub formula: Formula,
    /// The direction: how fast each variable moves, the others being held (a single variable moves with 1)
    #[arg(long, value_name = "NAME=SPEED")]
    pub along: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Numeric {
    #[command(flatten)]
    pub formula: Formula,
    /// The step h of (f(x + h) - f(x - h)) / 2h [default: 1e-5, or 1e-4 for second derivatives]
    #[arg(long, value_name = "H")]
    pub step: Option<f64>,
    /// Second derivatives: the Hessian
    #[arg(long)]
    pub second: bool,
}

#[derive(Debug, Args)]
pub struct Check {
    #[command(flatten)]
    pub formula: Formula,
    /// Your own formula for the derivative with respect to a variable, as in "x = 2*x*y"
    #[arg(long, value_name = "NAME=EXPRESSION")]
    pub claim: Vec<String>,
    /// How precisely a derivative has to be confirmed to pass, relatively [default: 1e-5]
    #[arg(long, value_name = "ERROR")]
    pub threshold: Option<f64>,
    /// Check the second derivatives, against differences of the gradient
    #[arg(long, conflicts_with = "claim")]
    pub second: bool,
}

/// An expression may begin with a minus sign, as in `-x^2`, and is no option then: a space before it says so.
pub fn with_expressions_that_begin_with_a_sign(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mark = |argument: OsString| match argument.to_str() {
        Some("-" | "-h" | "-V") => argument,
        Some(text) if text.starts_with('-') && !text.starts_with("--") => format!(" {text}").into(),
        // An option begins with a word.
        Some(text) if text.starts_with("--(") || text.starts_with("---") => format!(" {text}").into(),
        _ => argument,
    };
    arguments.map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_of_the_command_line_is_consistent() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
