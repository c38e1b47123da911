import type { Row } from '../run/row';
import { a1Row } from './a1.row';
import { a2Row } from './a2.row';
import { a3Row } from './a3.row';
import { a6Row } from './a6.row';
import { p1Row } from './p1.row';
import { p2Row } from './p2.row';
import { p3Row } from './p3.row';
import { p4Row } from './p4.row';
import { p5Row } from './p5.row';
import { p6Row } from './p6.row';
import { p9Row } from './p9.row';
import { p12Row } from './p12.row';
import { p13Row } from './p13.row';
import { p14Row } from './p14.row';
import { p15Row } from './p15.row';
import { r1Row } from './r1.row';
import { r2Row } from './r2.row';
import { r3Row } from './r3.row';
import { r4Row } from './r4.row';
import { r5Row } from './r5.row';
import { r6Row } from './r6.row';
import { w1Row } from './w1.row';
import { w2Row } from './w2.row';
import { w3Row } from './w3.row';
import { w4Row } from './w4.row';
import { w5Row } from './w5.row';
import { w6Row } from './w6.row';
import { w7Row } from './w7.row';
import { w8Row } from './w8.row';
import { w9Row } from './w9.row';
import { w11Row } from './w11.row';
import { w12Row } from './w12.row';
import { w14Row } from './w14.row';

/** Every row, in the order of the fault matrix. */
export const ROWS: readonly Row[] = [
  p1Row,
  p2Row,
  p3Row,
  p4Row,
  p5Row,
  p6Row,
  p9Row,
  p12Row,
  p13Row,
  p14Row,
  p15Row,
  r1Row,
  r2Row,
  r3Row,
  r4Row,
  r5Row,
  r6Row,
  a1Row,
  a2Row,
  a3Row,
  a6Row,
  w1Row,
  w2Row,
  w3Row,
  w4Row,
  w5Row,
  w6Row,
  w7Row,
  w8Row,
  w9Row,
  w11Row,
  w12Row,
  w14Row,
];
