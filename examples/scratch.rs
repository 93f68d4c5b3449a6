use gradus::*;
use std::time::Instant;
fn rosen<S: Scalar>(x: &[S]) -> S {
    let mut s = S::lit(0.0);
    for i in 0..x.len()-1 { let a = x[i+1]-x[i]*x[i]; let b = S::lit(1.0)-x[i]; s += S::lit(100.0)*(a*a)+b*b; }
    s
}
fn time(name:&str, ops: usize, mut f: impl FnMut()) { if let Some(w)=std::env::args().nth(1) { if w!=name {return;} } for _ in 0..3 {f();} let mut best=f64::MAX; for _ in 0..15 { let t=Instant::now(); let mut k=0; while t.elapsed().as_secs_f64()<0.02 {f();k+=1;} best=best.min(t.elapsed().as_secs_f64()/k as f64);} println!("{name}: {:.2} ns/op", best*1e9/ops as f64); }
fn main(){ let t0=Tape::new(); let a0=t0.var(1.0); std::hint::black_box(probe_mul(&a0,&a0));
    let x: Vec<f64> = (0..1000).map(|i| 1.0+ (i as f64)*1e-3).collect();
    let tape=Tape::new();
    time("rosen", 7*999, || { tape.clear(); let v=tape.vars(&x); let y=rosen(&v); let g=y.backward(); std::hint::black_box(g[v[0]]); });
    time("rosen f64", 7*999, || { std::hint::black_box(rosen(std::hint::black_box(&x))); });
    let x: Vec<f64> = (0..1000).map(|i| 1.0+ (i as f64)*1e-6).collect();
    time("product", 999, || { tape.clear(); let v=tape.vars(&x); let mut y=v[0]; for &e in &v[1..] { y = y*e; } let g=y.backward(); std::hint::black_box(g[v[0]]); });
    time("chain1e6", 3_000_000, || { tape.clear(); let v=tape.var(0.5); let mut y=v; for _ in 0..1_000_000 { y = y.sin()*1.0001+0.1; } let g=y.backward(); std::hint::black_box(g[v]); });
    time("chain1e6 x+1e-6 sin", 3_000_000, || { tape.clear(); let v=tape.var(0.5); let mut y=v; for _ in 0..1_000_000 { y = y+y.sin()*1e-6; } let g=y.backward(); std::hint::black_box(g[v]); });
    // mlp
    let sizes=[2usize,16,16,1];
    let np: usize = (0..3).map(|l| sizes[l+1]*(sizes[l]+1)).sum();
    let p: Vec<f64> = (0..np).map(|i| ((i*7919%1000) as f64/1000.0-0.5)).collect();
    let data: Vec<[f64;2]> = (0..100).map(|i| [((i*37%100) as f64)/50.0-1.0, ((i*53%100) as f64)/50.0-1.0]).collect();
    let run=|tanh:bool| { tape.clear(); let w=tape.vars(&p); let mut loss=Var::from(0.0);
        for d in &data { let mut a: smallvec::SmallVec<[Var;16]> = d.iter().map(|&v| Var::from(v)).collect(); let mut k=0;
            for l in 0..3 { let mut n: smallvec::SmallVec<[Var;16]> = Default::default();
                for _ in 0..sizes[l+1] { let mut acc=w[k+sizes[l]]; for i in 0..sizes[l] { acc += w[k+i]*a[i]; } k+=sizes[l]+1; n.push(if l==2 {acc} else if tanh {acc.tanh()} else {acc.relu()}); } a=n; }
            let e=a[0]-1.0; loss += e*e; }
        let n=tape.len(); let g=loss.backward(); std::hint::black_box(g[w[0]]); n };
    let ops=run(true)-np;
    println!("ops {ops}");
    time("mlp tanh", ops, || {run(true);});
    time("mlp relu", ops, || {run(false);});
}
#[inline(never)] pub fn probe_mul(y: &Var, e: &Var) -> Var { *y * *e }
