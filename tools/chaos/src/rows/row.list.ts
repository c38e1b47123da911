import type { Row } from '../run/row';
import { a2Row } from './a2.row';
import { p1Row } from './p1.row';
import { p2Row } from './p2.row';
import { p3Row } from './p3.row';
import { p4Row } from './p4.row';
import { p15Row } from './p15.row';
import { r1Row } from './r1.row';
import { w1Row } from './w1.row';
import { w2Row } from './w2.row';
import { w3Row } from './w3.row';
import { w4Row } from './w4.row';
import { w5Row } from './w5.row';

/** Every row, in the order of the fault matrix. */
export const ROWS: readonly Row[] = [
  p1Row,
  p2Row,
  p3Row,
  p4Row,
  p15Row,
  r1Row,
  a2Row,
  w1Row,
  w2Row,
  w3Row,
  w4Row,
  w5Row,
];
