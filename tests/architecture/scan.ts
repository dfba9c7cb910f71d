/**
 * Reads a source file with TypeScript's own parser and says what the rules need to know: what it
 * imports, and where it reaches for a clock, for chance, for the environment or for the outside.
 */
import ts from 'typescript';

export interface Import {
  readonly specifier: string;
  /** `import type`, or a named import whose every name is a type. */
  readonly typeOnly: boolean;
  /** Values imported by name; `*` for a namespace, a default, `import()` or `require()`. */
  readonly names: readonly string[];
  readonly line: number;
}

export interface Use {
  readonly what: string;
  readonly line: number;
}

export interface Facts {
  readonly imports: readonly Import[];
  /** Ambient things that are neither pure nor deterministic: `Date.now`, `process`, `fetch`, … */
  readonly impure: readonly Use[];
  readonly environment: readonly Use[];
  readonly lines: number;
}

export function scan(path: string, text: string): Facts {
  const kind = /x$/.test(path) ? ts.ScriptKind.TSX : ts.ScriptKind.TS;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true, kind);
  const imports: Import[] = [];
  const impure: Use[] = [];
  const environment: Use[] = [];
  const lineOf = (node: ts.Node) =>
    source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  const visit = (node: ts.Node): void => {
    const found = importIn(node);
    if (found !== undefined) imports.push({ ...found, line: lineOf(node) });
    const what = impureIn(node);
    if (what !== undefined) impure.push({ what, line: lineOf(node) });
    if (readsEnvironment(node)) environment.push({ what: 'process.env', line: lineOf(node) });
    ts.forEachChild(node, visit);
  };
  visit(source);
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return { imports, impure, environment, lines };
}

function importIn(node: ts.Node): Omit<Import, 'line'> | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, ...clause(node.importClause) };
  }
  if (
    ts.isExportDeclaration(node) &&
    node.moduleSpecifier &&
    ts.isStringLiteral(node.moduleSpecifier)
  ) {
    const specifier = node.moduleSpecifier.text;
    if (node.exportClause === undefined || ts.isNamespaceExport(node.exportClause)) {
      return { specifier, typeOnly: node.isTypeOnly, names: ['*'] };
    }
    return { specifier, ...named(node.exportClause.elements, node.isTypeOnly) };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
    const { literal } = node.argument;
    if (!ts.isStringLiteral(literal)) return undefined;
    return { specifier: literal.text, typeOnly: true, names: [] };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { ...loaded([node.moduleReference.expression]), typeOnly: node.isTypeOnly };
  }
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return loaded(node.arguments);
  if (ts.isIdentifier(callee) && callee.text === 'require') return loaded(node.arguments);
  return undefined;
}

/** A specifier that is no literal cannot be judged, so it counts as one that no rule allows. */
function loaded(args: readonly ts.Expression[]): Omit<Import, 'line'> {
  const [first] = args;
  const specifier = first && ts.isStringLiteralLike(first) ? first.text : '(computed)';
  return { specifier, typeOnly: false, names: ['*'] };
}

function clause(from: ts.ImportClause | undefined): Pick<Import, 'typeOnly' | 'names'> {
  if (from === undefined) return { typeOnly: false, names: ['*'] };
  const typeOnly = from.phaseModifier === ts.SyntaxKind.TypeKeyword;
  if (typeOnly) return { typeOnly, names: [] };
  const { namedBindings } = from;
  if (from.name !== undefined || namedBindings === undefined) return { typeOnly, names: ['*'] };
  if (ts.isNamespaceImport(namedBindings)) return { typeOnly, names: ['*'] };
  return named(namedBindings.elements, false);
}

function named(
  elements: ts.NodeArray<ts.ImportSpecifier> | ts.NodeArray<ts.ExportSpecifier>,
  typeOnly: boolean,
): Pick<Import, 'typeOnly' | 'names'> {
  const values = [...elements].filter((each) => !each.isTypeOnly);
  if (typeOnly || (values.length === 0 && elements.length > 0))
    return { typeOnly: true, names: [] };
  return { typeOnly: false, names: values.map((each) => (each.propertyName ?? each.name).text) };
}

/** Names that stand for the outside wherever they are used as a value. */
const AMBIENT = new Set([
  'console',
  'crypto',
  'eval',
  'fetch',
  'Function',
  'global',
  'globalThis',
  'navigator',
  'performance',
  'process',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
  'WebSocket',
  'XMLHttpRequest',
]);

/** Methods that draw their own randomness, of whatever object. */
const DRAWS = new Set(['generateKeyPair', 'getRandomValues', 'randomBytes', 'randomUUID']);
/** Methods that do so when their seed is left out, and how many arguments they have with it. */
const SEEDED: ReadonlyMap<string, number> = new Map([
  ['encap', 2],
  ['keygen', 1],
]);

function impureIn(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && DRAWS.has(node.name.text)) return node.name.text;
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    const method = node.expression.name.text;
    if (node.arguments.length < (SEEDED.get(method) ?? 0)) return `${method} without a seed`;
  }
  if (!ts.isIdentifier(node) || !isValue(node)) return undefined;
  if (AMBIENT.has(node.text)) return node.text;
  if (node.text === 'Date' && !isPureDate(node)) return 'the clock of Date';
  if (node.text === 'Math' && !isPureMath(node)) return 'Math.random';
  return undefined;
}

/** Whether an identifier is used as a value: not a member's or a property's name, not a type. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isTypeReferenceNode(parent) || ts.isQualifiedName(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  if (ts.isPropertyAssignment(parent)) return parent.name !== node;
  if (ts.isJsxAttribute(parent)) return false;
  const member = ts.isTypeElement(parent) || ts.isClassElement(parent) || ts.isEnumMember(parent);
  return !(member && parent.name === node);
}

/** `new Date(ms)`, `Date.UTC` and `Date.parse` read no clock. */
function isPureDate(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent)) return (parent.arguments?.length ?? 0) > 0;
  return ts.isPropertyAccessExpression(parent) && /^(UTC|parse)$/.test(parent.name.text);
}

function isPureMath(node: ts.Identifier): boolean {
  return ts.isPropertyAccessExpression(node.parent) && node.parent.name.text !== 'random';
}

/** `process.env.NAME = …`, for a library that takes its settings from there. */
function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/** `process.env`, `process['env']`, `{ env } = process`, or `env` imported. */
function readsEnvironment(node: ts.Node): boolean {
  const isProcess = (each: ts.Node | undefined) =>
    each !== undefined && ts.isIdentifier(each) && each.text === 'process';
  if (ts.isPropertyAccessExpression(node)) {
    return isProcess(node.expression) && node.name.text === 'env' && !isWritten(node.parent);
  }
  if (ts.isElementAccessExpression(node)) {
    const { argumentExpression: key } = node;
    return isProcess(node.expression) && !(ts.isStringLiteralLike(key) && key.text !== 'env');
  }
  if (ts.isVariableDeclaration(node) && ts.isObjectBindingPattern(node.name)) {
    const taken = node.name.elements.map((each) => (each.propertyName ?? each.name).getText());
    return isProcess(node.initializer) && taken.includes('env');
  }
  const found = importIn(node);
  return (
    found !== undefined && /^(node:)?process$/.test(found.specifier) && found.names.includes('env')
  );
}
