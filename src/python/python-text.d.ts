// Declares Python sources as text: they are embedded by imports of the type "text".
declare module "*.py" {
  const text: string;
  export default text;
}
