import { createRequire } from 'node:module';
import type { Response } from 'express';
import PdfKit from 'pdfkit';
import type { Translate } from '../../platform/i18n/i18n.ts';

const require = createRequire(import.meta.url);
/**
 * Static faces with Latin, Cyrillic and the signs of all our currencies; the pages' variable face cannot be put into a
 * PDF.
 */
const REGULAR = require.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf');
const BOLD = require.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf');

/** A4, in points. */
const PAGE = { width: 595.28, height: 841.89 };
const MARGIN = 50;
const WIDTH = PAGE.width - 2 * MARGIN;
const BOTTOM = PAGE.height - MARGIN - 20;
const QUIET = '#5b6472';
const INK = '#12161f';
const LINE = '#d5dbe3';
const CELL_PADDING = 5;

export interface PdfColumn {
  label: string;
  /** As wide as what is left; the others are as wide as what stands in them. */
  takesRest?: boolean;
  numeric?: boolean;
}

/** Figures of one width, without kerning: Inter's would close up "7." in a column of amounts. */
const FIGURES = { tnum: true, kern: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[];

/** A printed page: what our documents are made of, from the top down. */
export class PdfDocument {
  readonly #doc: PDFKit.PDFDocument;
  readonly #t: Translate;

  constructor(doc: PDFKit.PDFDocument, t: Translate) {
    this.#doc = doc;
    this.#t = t;
    doc.registerFont('regular', REGULAR).registerFont('bold', BOLD);
    doc.font('regular').fontSize(10).fillColor(INK);
  }

  heading(title: string, lines: string[]) {
    this.#doc.font('bold').fontSize(20).text(title);
    this.#doc.font('regular').fontSize(10).fillColor(QUIET);
    for (const line of lines) this.#doc.text(line, { features: FIGURES });
    this.#doc.fillColor(INK).moveDown(1.2);
  }

  /** Blocks of text beside each other, each under its title. */
  columns(blocks: { title: string; lines: string[] }[]) {
    const top = this.#doc.y;
    const width = WIDTH / blocks.length;
    let bottom = top;
    for (const [index, { title, lines }] of blocks.entries()) {
      const left = MARGIN + index * width;
      this.#doc
        .font('bold')
        .fillColor(QUIET)
        .text(title, left, top, { width: width - 20 });
      this.#doc.font('regular').fillColor(INK);
      for (const line of lines) this.#doc.text(line, left, this.#doc.y, { width: width - 20 });
      bottom = Math.max(bottom, this.#doc.y);
    }
    this.#doc.x = MARGIN;
    this.#doc.y = bottom;
    this.#doc.moveDown(1.2);
  }

  /** A table; its head is repeated on each page that it runs on to. */
  table(columns: PdfColumn[], rows: string[][], total?: string[]) {
    const widths = this.#widthsOf(columns, [columns.map(({ label }) => label), ...rows, ...(total ? [total] : [])]);
    const head = () =>
      this.#row(
        columns,
        widths,
        columns.map(({ label }) => label),
        { bold: true, color: QUIET },
      );
    head();
    for (const row of rows) {
      // The sums are never alone on a page.
      const below = total && row === rows.at(-1) ? this.#heightOf(total, widths) : 0;
      if (this.#doc.y + this.#heightOf(row, widths) + below > BOTTOM) {
        this.#doc.addPage();
        head();
      }
      this.#row(columns, widths, row, {});
    }
    if (total) this.#row(columns, widths, total, { bold: true });
    this.#doc.moveDown(1);
  }

  /** Each column as wide as its widest line, in the bold face of heads and sums; one takes what is left. */
  #widthsOf(columns: PdfColumn[], rows: string[][]): number[] {
    const doc = this.#doc.font('bold');
    const natural = columns.map(({ takesRest }, index) =>
      takesRest
        ? 0
        : Math.max(
            ...rows.flatMap((row) =>
              (row[index] ?? '').split('\n').map((line) => doc.widthOfString(line, { features: FIGURES })),
            ),
          ) +
          2 * CELL_PADDING +
          1,
    );
    doc.font('regular');
    const rest = WIDTH - natural.reduce((sum, width) => sum + width, 0);
    return natural.map((width, index) => (columns[index]?.takesRest ? rest : width));
  }

  #heightOf(cells: string[], widths: number[]): number {
    const heights = cells.map((cell, index) =>
      this.#doc.heightOfString(cell, { width: (widths[index] ?? 0) - 2 * CELL_PADDING }),
    );
    return Math.max(...heights) + 2 * CELL_PADDING;
  }

  #row(columns: PdfColumn[], widths: number[], cells: string[], { bold = false, color = INK }) {
    const doc = this.#doc.font(bold ? 'bold' : 'regular').fillColor(color);
    const height = this.#heightOf(cells, widths);
    const top = doc.y;
    let left = MARGIN;
    for (const [index, cell] of cells.entries()) {
      const width = widths[index] ?? 0;
      doc.text(cell, left + CELL_PADDING, top + CELL_PADDING, {
        width: width - 2 * CELL_PADDING,
        align: columns[index]?.numeric ? 'right' : 'left',
        ...(columns[index]?.takesRest ? {} : { features: FIGURES }),
      });
      left += width;
    }
    const bottom = top + height;
    doc
      .moveTo(MARGIN, bottom)
      .lineTo(MARGIN + WIDTH, bottom)
      .lineWidth(0.5)
      .strokeColor(LINE)
      .stroke();
    doc.font('regular').fillColor(INK);
    doc.x = MARGIN;
    doc.y = bottom;
  }

  facts(pairs: { label: string; value: string }[]) {
    for (const { label, value } of pairs) {
      this.#doc.fillColor(QUIET).text(`${label}  `, MARGIN, this.#doc.y, { continued: true });
      this.#doc.fillColor(INK).text(value, { features: FIGURES });
    }
    this.#doc.moveDown(0.6);
  }

  note(text: string) {
    this.#doc.font('bold').text(text, MARGIN, this.#doc.y, { features: FIGURES }).font('regular').moveDown(0.4);
  }

  /** On every page, once all of them are there. */
  numberPages() {
    const { start, count } = this.#doc.bufferedPageRange();
    for (let page = start; page < start + count; page++) {
      this.#doc.switchToPage(page);
      const words = this.#t('pdf.page_number', { page: page + 1, pages: count });
      this.#doc.page.margins.bottom = 0;
      this.#doc
        .fontSize(8)
        .fillColor(QUIET)
        .text(words, MARGIN, PAGE.height - MARGIN, { width: WIDTH, align: 'right' });
    }
  }
}

/**
 * Makes a document and sends it; its pages are held until all of them can be numbered, so it has to be of a modest
 * length.
 */
export async function sendPdf(
  res: Response,
  { name, title, t, locale }: { name: string; title: string; t: Translate; locale: string },
  write: (pdf: PdfDocument) => void,
): Promise<void> {
  const doc = new PdfKit({
    size: 'A4',
    margin: MARGIN,
    bufferPages: true,
    lang: locale,
    info: { Title: title, Creator: 'Kabinet' },
  });
  res.attachment(`${name}.pdf`).type('application/pdf');
  const sent = new Promise<void>((resolve, reject) => {
    res.on('finish', resolve);
    res.on('close', resolve);
    doc.on('error', reject);
  });
  doc.pipe(res);
  const pdf = new PdfDocument(doc, t);
  write(pdf);
  pdf.numberPages();
  doc.end();
  await sent;
}
