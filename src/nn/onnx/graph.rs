//! A graph under construction: values by name, nodes that compute them, numbers that they start from.

use super::Element;
use super::proto::{
    AttributeProto, Dimension, Extent, FLOAT_ATTRIBUTE, GraphProto, INT_ATTRIBUTE, NodeProto, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use crate::error::{Error, Result};

/// A value of the graph: its name.
pub(super) type Value = String;

/// A graph under construction.
pub(super) struct Graph {
    pub(super) element: Element,
    graph: GraphProto,
    /// What the names of the nodes that are being added begin with.
    part: String,
}

impl Graph {
    pub(super) fn new(element: Element, name: &str) -> Graph {
        Graph { element, graph: GraphProto { name: name.to_owned(), ..GraphProto::default() }, part: String::new() }
    }

    /// Names the nodes to come after a part of the net.
    pub(super) fn begin(&mut self, part: &str) {
        self.part = part.to_owned();
    }

    /// An input of `width` numbers for each sample.
    pub(super) fn input(&mut self, name: &str, width: usize) -> Value {
        self.graph.input.push(self.samples(name, width));
        name.to_owned()
    }

    /// The graph, with this value as its output.
    pub(super) fn output(mut self, value: Value, name: &str, width: usize) -> GraphProto {
        self.graph.output.push(self.samples(name, width));
        // An output has the name that it is asked for by, so one more node does no more than name it.
        self.begin("");
        let node = self.node("Identity", &[&value], name.to_owned());
        self.graph.node.push(node);
        self.graph
    }

    /// The numbers of a tensor.
    pub(super) fn tensor(&mut self, name: &str, shape: &[usize], numbers: &[f64]) -> Result<Value> {
        if let Some(value) = numbers.iter().find(|number| !self.element.holds(**number)) {
            let expected = "finite in the type of number that is exported: correct it, or export in `Element::F64`";
            return Err(Error::Setting { what: "a number of the exported net", value: *value, expected });
        }
        self.graph.initializer.push(TensorProto {
            dims: shape.iter().map(|&size| size as i64).collect(),
            data_type: self.element.data_type(),
            name: name.to_owned(),
            raw_data: numbers.iter().flat_map(|number| self.element.bytes(*number)).collect(),
        });
        Ok(name.to_owned())
    }

    /// A number that an op computes with.
    pub(super) fn constant(&mut self, number: f64) -> Result<Value> {
        let name = format!("constant.{number}");
        if self.graph.initializer.iter().any(|tensor| tensor.name == name) {
            return Ok(name);
        }
        self.tensor(&name, &[], &[number])
    }

    /// What an op gives.
    pub(super) fn op(&mut self, op: &str, operands: &[&Value]) -> Value {
        let value = self.fresh(op);
        let node = self.node(op, operands, value.clone());
        self.graph.node.push(node);
        value
    }

    /// What an op with an attribute that is an integer gives.
    pub(super) fn op_with_int(&mut self, op: &str, operands: &[&Value], name: &str, i: i64) -> Value {
        let attribute = AttributeProto { name: name.to_owned(), i: Some(i), f: None, r#type: INT_ATTRIBUTE };
        self.op_with(op, operands, attribute)
    }

    /// What an op with an attribute that is a number gives. Attributes are of single precision, whatever the tensors are.
    pub(super) fn op_with_float(&mut self, op: &str, operands: &[&Value], name: &str, f: f32) -> Value {
        let attribute = AttributeProto { name: name.to_owned(), f: Some(f), i: None, r#type: FLOAT_ATTRIBUTE };
        self.op_with(op, operands, attribute)
    }

    fn op_with(&mut self, op: &str, operands: &[&Value], attribute: AttributeProto) -> Value {
        let value = self.fresh(op);
        let node = NodeProto { attribute: vec![attribute], ..self.node(op, operands, value.clone()) };
        self.graph.node.push(node);
        value
    }

    /// A name that no other value has.
    fn fresh(&self, op: &str) -> Value {
        format!("{}.{}.{}", self.part, op.to_lowercase(), self.graph.node.len())
    }

    fn node(&self, op: &str, operands: &[&Value], output: Value) -> NodeProto {
        NodeProto {
            input: operands.iter().map(|operand| (*operand).clone()).collect(),
            name: format!("{output}.node"),
            output: vec![output],
            op_type: op.to_owned(),
            attribute: Vec::new(),
        }
    }

    /// The type of `width` numbers for each of any number of samples.
    fn samples(&self, name: &str, width: usize) -> ValueInfoProto {
        let extents = [Extent::DimParam("N".to_owned()), Extent::DimValue(width as i64)];
        let dim = extents.map(|value| Dimension { value: Some(value) }).to_vec();
        let tensor = TensorTypeProto { elem_type: self.element.data_type(), shape: Some(TensorShapeProto { dim }) };
        ValueInfoProto { name: name.to_owned(), r#type: Some(TypeProto { tensor_type: Some(tensor) }) }
    }
}
