// Migrations are embedded as text: `import sql from "./0001_initial.sql" with { type: "text" }`.
declare module "*.sql" {
  const text: string;
  export default text;
}
