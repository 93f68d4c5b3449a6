//! Tests of tokens, grammar and tree.

use super::*;
use proptest::prelude::*;
use std::rc::Rc;

fn read(text: &str) -> Result<(Tree, Functions, Vec<Id>), Fault> {
    let (mut tree, functions) = (Tree::default(), Functions::of_table());
    let source = Rc::new(Source { name: "test".to_owned(), text: text.to_owned() });
    let statements = parse(&mut tree, &functions, &source, Part::Statements)?;
    Ok((tree, functions, statements.into_iter().map(|statement| statement.root).collect()))
}

/// The last expression of a text, with all the parentheses that it does not need left out.
fn printed(text: &str) -> String {
    let (tree, functions, roots) = read(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
    tree.text(&functions, *roots.last().unwrap())
}

/// The value of the last expression at a = 2, b = 3, c = 5.
#[track_caller]
fn value(text: &str, expected: f64) {
    let (tree, _, roots) = read(text).unwrap();
    let letters = |(name, _): &(String, Place)| match name.as_str() {
        "a" => 2.0,
        "b" => 3.0,
        _ => 5.0,
    };
    let x: Vec<f64> = tree.variables.iter().map(letters).collect();
    let root = *roots.last().unwrap();
    assert_eq!(tree.evaluate(&x, root, |_, value| value)[root], expected, "{text}");
}

/// The marked part of a text, and the message.
#[track_caller]
fn mistake(text: &str, marked: &str, title: &str) {
    match read(text) {
        Ok(_) => panic!("{text} was accepted"),
        Err(fault) => assert_eq!((fault.place.text(), fault.title.as_str()), (marked, title), "{text}"),
    }
}

#[track_caller]
fn helps(text: &str, help: &str) {
    let fault = read(text).unwrap_err();
    assert!(fault.help.iter().any(|line| line == help), "{text}: {:?}", fault.help);
}

#[test]
fn operators_bind_as_in_mathematics() {
    value("a + b * c", 17.0);
    value("(a + b) * c", 25.0);
    value("a - b - c", -6.0);
    value("c / a / b", 5.0 / 2.0 / 3.0);
    value("a ^ b ^ a", 512.0);
    value("a ** b ** a", 512.0);
    value("-a ^ 2", -4.0);
    value("(-a) ^ 2", 4.0);
    value("a ^ -2", 0.25);
    value("2 ^ -a ^ 2", 0.0625);
    value("a ^ -2 * b", 0.75);
    value("-a * b", -6.0);
    value("- - a", 2.0);
    value("+a - +b", -1.0);
    value("c % b * a", 4.0);
    value("a − b × c ÷ a · b", 2.0 - 3.0 * 5.0 / 2.0 * 3.0);
}

#[test]
fn numbers_are_written_in_all_usual_ways() {
    for (text, expected) in
        [("1e-3", 1e-3), (".5", 0.5), ("2.", 2.0), ("1.5E+2", 150.0), ("0.1", 0.1), ("1e308", 1e308)]
    {
        value(text, expected);
    }
    value("2.*a", 4.0);
    value("pi", std::f64::consts::PI);
    value("π / τ + e", 0.5 + std::f64::consts::E);
    mistake("a + 1e999", "1e999", "this number is too large");
}

#[test]
fn statements_name_results() {
    value("z = a + b; z * z", 25.0);
    value("z = a # twice: ;\n\n w = 2*z\n w + (\n z)", 6.0);
    value(";; a ;", 2.0);
    mistake("z = a; z = b", "z", "`z` is given twice");
    mistake("z + 1; z = a", "z", "`z` is used before it is computed");
    mistake("z = z + 1", "z", "`z` is used before it is computed");
    mistake("pi = 3", "pi", "`pi` is the constant 3.141592653589793");
}

#[test]
fn functions_are_those_of_the_table() {
    let functions = Functions::of_table();
    let mut called = 0;
    for function in functions.iter() {
        let count = function.arity.unwrap_or(4);
        let call = format!("{}({})", function.info.name, vec!["1"; count].join(", "));
        let (tree, _, roots) = read(&call).unwrap();
        let Form::Apply(number, _) = &tree.node(roots[0]).form else { panic!("{call}") };
        assert_eq!(functions.get(*number).info.name, function.info.name);
        called += 1;
    }
    assert!(called > 60, "{called}");
    value("sum(a, b, c)", 10.0);
    value("sum()", 0.0);
    value("dot(a, b, c, a)", 16.0);
    value("max(a, min(b, c))", 3.0);
}

#[test]
fn examples_of_the_table_come_out() {
    struct Examples(usize);
    impl gradus::op::Visitor for Examples {
        fn rule<R: gradus::rule::Rule<N>, const N: usize>(&mut self) {
            let (x, expected) = R::EXAMPLE.unwrap();
            self.check(R::INFO.name, &x, expected);
        }
        fn list_rule<R: gradus::rule::ListRule>(&mut self) {
            let (x, expected) = R::EXAMPLE.unwrap();
            self.check(R::INFO.name, x, expected);
        }
    }
    impl Examples {
        fn check(&mut self, name: &str, x: &[f64], expected: f64) {
            let arguments: Vec<String> = x.iter().map(f64::to_string).collect();
            let (tree, _, roots) = read(&format!("{name}({})", arguments.join(", "))).unwrap();
            let value: f64 = tree.evaluate(&[], roots[0], |_, value| value)[roots[0]];
            assert!((value - expected).abs() <= 1e-14 * expected.abs(), "{name}: {value} for {expected}");
            self.0 += 1;
        }
    }
    let mut examples = Examples(0);
    gradus::op::visit(&mut examples);
    assert!(examples.0 > 60);
}

#[test]
fn fixed_exponents_make_integer_powers() {
    let name = |text: &str| {
        let (tree, functions, roots) = read(text).unwrap();
        match &tree.node(*roots.last().unwrap()).form {
            Form::Apply(number, _) => functions.get(*number).info.name,
            form => panic!("{form:?}"),
        }
    };
    assert_eq!(["a^2", "a^-3", "a^(4/2)", "n = 2; a^n"].map(name), ["powi"; 4]);
    assert_eq!(["a^0.5", "a^b", "2^a", "a^1e300"].map(name), ["powf"; 4]);
}

#[test]
fn mistakes_are_marked_where_they_are() {
    mistake("a + * b", "*", "expected a number, a name or `(`, found `*`");
    mistake("(a + b", "", "expected `)` or an operator, found the end");
    mistake("a + b)", ")", "this `)` closes nothing");
    mistake("2a", "a", "expected an operator, found `a`");
    mistake("2(a + 1)", "(", "expected an operator, found `(`");
    mistake("sin a", "a", "expected an operator, found `a`");
    mistake("sine(a)", "sine", "unknown function `sine`");
    mistake("atan2(a)", "atan2(a)", "`atan2` takes 2 arguments, but 1 was given");
    mistake("sin()", "sin()", "`sin` takes 1 argument, but none was given");
    mistake("powi(a, b + 1)", "b + 1", "argument 2 of `powi` has to be a fixed number");
    mistake("a = b = c", "=", "expected an operator or the end, found `=`");
    mistake("(a, b)", ",", "expected `)` or an operator, found `,`");
    mistake("3,5", ",", "expected an operator or the end, found `,`");
    mistake("a +\nb", "", "expected a number, a name or `(`, found the end of the line");
    mistake("a² + 1", "²", "unexpected character `²`");
    mistake("日本 + §", "§", "unexpected character `§`");
    mistake("\t\ta $ b", "$", "unexpected character `$`");
    mistake("", "", "there is no expression");
    mistake(" # nothing", "", "there is no expression");
    mistake("a; (b", "", "expected `)` or an operator, found the end");
    mistake("a b", "b", "expected an operator, found `b`");
    mistake("1.2.3", ".3", "expected an operator, found `.3`");
    mistake("a\u{0}", "\u{0}", "unexpected character `\\0`");
}

#[test]
fn help_says_what_to_write() {
    helps("2a", "to multiply, write `2*a`");
    helps("(a)(b)", "to multiply, write `)*(`");
    helps("sin a", "a function needs parentheses: write `sin(a)`");
    helps("sine(a)", "did you mean `sin` or `sinh`?");
    helps("Tanh(a)", "did you mean `tanh`?");
    helps("log(a)", "log(a, b): Logarithm of `a` to base `b`: `ln a / ln b`.");
    helps("a + a(b)", "to multiply, write a sign: `a * (...)`");
    helps("|a|", "write absolute values as `abs(x)`");
    helps("a +", "`+` stands between two operands, as in `x + 2`");
}

/// The caret stands below the place, whatever the width of what stands before it.
#[test]
fn carets_stand_below_the_place() {
    let lines = |text: &str| {
        let rendered = read(text).unwrap_err().render(&annotate_snippets::Renderer::plain());
        let lines: Vec<String> = rendered.lines().map(str::to_owned).collect();
        (lines[3].clone(), lines[4].clone())
    };
    let column = |text: &str, c: char| text.chars().position(|found| found == c).unwrap();
    let (line, carets) = lines("\tx + §");
    assert_eq!(column(&line, '§'), column(&carets, '^'));
    // Two wide characters take four columns.
    let (line, carets) = lines("日本 + §");
    assert_eq!(column(&line, '§') + 2, column(&carets, '^'));
}

#[test]
fn deep_nesting_is_refused_and_long_sums_are_not() {
    let deep = |open: &str, close: &str, count: usize| format!("{}a{}", open.repeat(count), close.repeat(count));
    let message = "the expression is nested deeper than 200 levels";
    mistake(&deep("(", ")", 100_000), "(", message);
    mistake(&deep("-", "", 100_000), "-", message);
    mistake(&deep("sin(", ")", 100_000), "(", message);
    mistake(&deep("a^", "", 100_000), "^", message);
    value(&deep("(", ")", 200), 2.0);
    value(&deep("1+", "", 100_000), 100_002.0);
    value("(-a)+".repeat(1000).trim_end_matches('+'), -2000.0);
}

/// Random trees, as text with parentheses around everything.
fn expression() -> impl Strategy<Value = String> {
    let number = prop_oneof![(0.0..100.0).prop_map(|c: f64| c.to_string()), (0u8..9).prop_map(|n| n.to_string())];
    let leaf = prop_oneof![number, "[a-c]", Just("x_1".to_owned()), Just("θ".to_owned()), Just("pi".to_owned())];
    leaf.prop_recursive(6, 60, 3, |inner| {
        let operator = prop::sample::select(vec!["+", "-", "*", "/", "%", "^"]);
        let function = prop::sample::select(vec!["sin", "tanh", "relu", "powf", "hypot", "select", "sum"]);
        prop_oneof![
            6 => (inner.clone(), operator, inner.clone()).prop_map(|(a, op, b)| format!("({a}){op}({b})")),
            1 => inner.clone().prop_map(|a| format!("-({a})")),
            2 => (function, inner.clone(), inner.clone(), inner).prop_map(|(name, a, b, c)| {
                match Functions::of_table().get(Functions::of_table().find(name).unwrap()).arity {
                    Some(1) => format!("{name}({a})"),
                    Some(2) => format!("{name}({a},{b})"),
                    Some(_) | None => format!("{name}({a},{b},{c})"),
                }
            }),
        ]
    })
}

/// The tree without places, definitions by their root.
fn shape(text: &str) -> String {
    let (tree, functions, roots) = read(text).unwrap();
    fn write(tree: &Tree, functions: &Functions, id: Id) -> String {
        match &tree.node(id).form {
            Form::Number(c) => format!("{c:?}"),
            Form::Variable(number) => tree.variables[*number].0.clone(),
            Form::Defined(id) => write(tree, functions, *id),
            Form::Apply(number, operands) => {
                let operands: Vec<String> = operands.iter().map(|&id| write(tree, functions, id)).collect();
                format!("[{} {}]", functions.get(*number).info.name, operands.join(" "))
            }
        }
    }
    write(&tree, &functions, roots[0])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_printed_tree_is_read_as_the_same_tree(text in expression()) {
        let again = printed(&text);
        prop_assert_eq!(shape(&text), shape(&again), "{}", again);
        prop_assert!(again.len() <= 2 * text.len() + 40);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[-+*/^%()=,;#. \n\te0-9a-cπ²日sin§]{0,60}") {
        check_any(&text);
    }

    #[test]
    fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_any(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn gradients_agree_with_differences(text in expression(), x in prop::array::uniform5(0.3..1.5)) {
        let (tree, _, roots) = read(&text).unwrap();
        let x = &x[..tree.variables.len()];
        prop_assume!(!x.is_empty());
        let root = roots[0];
        let value = |x: &[f64]| tree.evaluate(x, root, |_, value| value)[root];
        let estimates: Vec<_> = (0..x.len())
            .map(|i| {
                let along = |at: f64| {
                    let mut moved = x.to_vec();
                    moved[i] = at;
                    value(&moved)
                };
                gradus::numeric::adaptive::derivative(along, x[i]).unwrap()
            })
            .collect();
        let gradient = gradus::gradient(|x| tree.evaluate(x, root, |_, value| value)[root], x).unwrap();
        for (estimate, slope) in estimates.iter().zip(gradient) {
            // At kinks, jumps and poles a difference says nothing, and its own error shows it.
            let sure = estimate.error <= 1e-6 * (1.0 + estimate.value.abs()) && estimate.value.abs() < 1e6;
            // The power of a negative number has no slope in its exponent, and a flat function of an infinite quotient has NaN, though
            // differences may see one.
            let no_slope = slope.is_nan() && text.contains(['^', 'w', '/']);
            // A remainder by next to nothing is a saw, whose teeth are too fine for differences.
            let is_saw = text.contains('%') && estimate.value.abs() < 1e-6;
            if sure && !no_slope && !is_saw {
                prop_assert!((slope - estimate.value).abs() <= 1e-4 * (1.0 + slope.abs()), "{}: {slope}, {estimate:?}", text);
            }
        }
    }
}

/// Either a tree, or a message with a place in the text.
fn check_any(text: &str) {
    if let Err(fault) = read(text) {
        assert!(text.get(fault.place.span.clone()).is_some());
        assert!(!fault.render(&annotate_snippets::Renderer::plain()).is_empty());
    }
}
