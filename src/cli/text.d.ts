// Templates are embedded as text.
declare module "*.yaml" {
  const text: string;
  export default text;
}
