// Python sources are embedded as text: `import source from "#python/read_flow.py" with { type: "text" }`.
declare module "*.py" {
  const text: string;
  export default text;
}
