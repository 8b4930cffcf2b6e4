export function Hooks() {
  return null;
}
