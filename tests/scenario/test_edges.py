"""A user's graph: what is read, what is said about it, and the sentence for everything that cannot be meant."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

from desertion import DesertionModel, Scenario
from desertion.errors import InputError
from desertion.scenario.edges import read_edges

_GRAPH = nx.watts_strogatz_graph(40, 4, 0.2, seed=3)
_TIES = {tuple(sorted(edge)) for edge in _GRAPH.edges}


def _file(folder: Path, text: str, name: str = "ties.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _list(sign: str, heading: str = "", tail: str = "", first: int = 0) -> str:
    return heading + "".join(f"{a + first}{sign}{b + first}{tail}\n" for a, b in _GRAPH.edges)


@pytest.mark.parametrize(
    "text", ["0,1\n2,3\n", "person,person\n0,1\n2,3\n", "0, 1\n\n2 ,3", "\ufeff0;1\r\n2;3\r\n", "0.0,1.0\n2.0,3.0\n"]
)
def test_two_columns_are_read_with_and_without_a_heading(tmp_path: Path, text: str) -> None:
    """Blank lines, spaces, a byte order mark, numbers such as 1.0 and a missing last line feed do no harm."""
    edges = read_edges(_file(tmp_path, text), 4)
    assert edges.ties.dtype == np.int64
    assert edges.ties.tolist() == [[0, 1], [2, 3]]
    assert edges.remarks == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_list(","), ""),
        (_list("\t", "# Nodes: 40\n# FromNodeId\tToNodeId\n"), ""),
        (_list(";", "source;target\n"), ""),
        (_list(" ", tail=" {}"), ""),
        (_list(" ", tail=" {'weight': 3}"), ""),
        (_list(" ", tail=" {'weight': 3, 'time': 2}"), ""),
        (_list(",", tail=",{'weight': 3, 'time': 2}"), ""),
        (_list(" ", tail=" #remark"), ""),
        (_list("|", "% a comment\n"), ""),
        (_list(",", ",source,target\n").replace("\n", "\n0,").removesuffix("0,"), ""),
        (_list(",", tail=",0.5"), "further columns (1 after the two persons) are ignored: ties have no weight"),
        (_list(",", "Source,Target,Weight\n", ",2"), "further columns (weight) are ignored"),
        (_list(",") + "".join(f"{b},{a}\n" for a, b in _GRAPH.edges), "80 of 160 ties stand there again or in both directions"),
        (_list(",", first=1), "persons are numbered from 1; number 1 is taken for person 0"),
        (_list(",", first=1000), "numbers run from 1000 to 1039; persons are numbered in that order from 0 to 39"),
    ],
)  # fmt: skip
def test_edge_lists_are_read_as_people_save_them(tmp_path: Path, text: str, said: str) -> None:
    """Commas, semicolons, tabs, blanks, comments, weights, both directions, numbers from 1: the same ties, and what was done is said."""
    edges = read_edges(_file(tmp_path, text), 40)
    assert {tuple(sorted(pair)) for pair in edges.ties.tolist()} == _TIES
    assert len(edges.ties) == len(_TIES)
    assert [said in remark for remark in edges.remarks] == ([True] if said else [])


@pytest.mark.parametrize("heading", ["", "from,to\n"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_names_in_quotation_marks_may_hold_the_sign_that_divides_columns(
    tmp_path: Path, sign: str, heading: str
) -> None:
    """As spreadsheets write family name and first name: the ties of the same names without that sign."""
    plain = "Doe X{0}Roe Y\nRoe Y{0}Poe Z\n"
    quoted = plain.replace("Doe X", '"Doe, X"').replace("Roe Y", '"Roe; Y"').replace("Poe Z", '"Poe\tZ"')
    plain_ties, ties = (
        read_edges(_file(tmp_path, heading.replace(",", sign) + text.format(sign)), 3).ties.tolist()
        for text in (plain, quoted)
    )
    assert ties == plain_ties == [[0, 1], [1, 2]]


@pytest.mark.parametrize(
    "text",
    [
        "Unit #3,Unit #4 # of one army\nUnit #4,Unit #5\n",
        '"Unit #3";"Unit # 4"\n"Unit # 4";"Unit # 5"\n',
        "Unit {3}\tUnit {4}\nUnit {4}\tUnit {5}\n",
    ],
)
def test_signs_of_remarks_within_names_cut_off_nothing(tmp_path: Path, text: str) -> None:
    """Units that differ behind a # or a brace were one and the same."""
    assert read_edges(_file(tmp_path, text), 3).ties.tolist() == [[0, 1], [1, 2]]


@pytest.mark.parametrize(
    "text",
    [
        "weight,a,b\n3,0,17\n3,1,18\n",
        "id,person1,person2\n3,0,17\n4,1,18\n",
        "type,u,v\nx,0,17\ny,1,18\n",
        "unit;i;j\n1;0;17\n1;1;18\n",
        "node2,node1\n17,0\n18,1\n",
        "date,from,to\n2020-01-01,0,17\n2020-01-02,1,18\n",
        ",knows,known\n0,0,17\n1,1,18\n",
        "knows,known,weight\n0,17,3\n1,18,3\n",
        "knows,known\n0,17\n1,18\n",
        "0 17 3 1082040961\n1 18 3 1082040962\n",
    ],
)
def test_the_persons_are_found_among_further_columns(tmp_path: Path, text: str) -> None:
    """By every pair of headings that is known, wherever it stands; else only where no other columns could be meant."""
    assert np.sort(read_edges(_file(tmp_path, text), 20).ties).tolist() == [[0, 17], [1, 18]]


@pytest.mark.parametrize(
    "text",
    [
        "tie,knows,known\n0,0,17\n",
        "tie,knows,known\nx,Ann,Bob\n",
        "Ann,Bob,friend\nAnn,Cy,foe\n",
        "a,b,from,to\n0,17,1990,1991\n",
        "knows,known,since\n0,17,1990\n",
    ],
)
def test_columns_that_cannot_be_told_apart_are_refused(tmp_path: Path, text: str) -> None:
    """No two columns are taken for persons because they happen to come first."""
    with pytest.raises(InputError, match="which two are the persons cannot be told; call these two from and to"):
        read_edges(_file(tmp_path, text), 20)


@pytest.mark.parametrize(
    ("text", "ties", "said"),
    [
        ("a,b\nb,c\nc,d\n", [[0, 1], [1, 2], [2, 3]], ""),
        ("a,b\nAnn,Bob\nBob,Cy\n", [[0, 1], [1, 2]], "line 1: a, b is taken for the heading, not for a tie"),
        ("from,to\nAnn,Bob\nBob,Cy\n", [[0, 1], [1, 2]], ""),
        (
            "x,y\nAnn,Bob\n",
            [[0, 1], [2, 3]],
            "line 1: x, y is taken for a tie; if it is the heading, write from and to",
        ),
        ("x,y\n", [[0, 1]], "line 1: x, y is taken for a tie; if it is the heading, write from and to"),
        ("x,y\nAnn,y\n", [[0, 1], [1, 2]], ""),
        (
            "A,Unit 3\nB,Unit 4\n",
            [[0, 1], [2, 3]],
            "line 1: A, Unit 3 is taken for a tie; if it is the heading, write from and to",
        ),
    ],
)
def test_a_first_line_of_names_is_a_heading_or_a_tie_and_doubt_is_said(
    tmp_path: Path, text: str, ties: list[list[int]], said: str
) -> None:
    """Names that stand again below are persons; else known headings are headings, and all others a tie."""
    edges = read_edges(_file(tmp_path, text), 4)
    assert np.sort(edges.ties).tolist() == ties
    assert [each.partition(", ")[2] for each in edges.remarks if "taken for" in each and "line" in each] == [
        said
    ] * bool(said)


def test_a_graph_in_which_person_0_has_no_tie_is_not_taken_to_count_from_1(tmp_path: Path) -> None:
    """Numbers that all fit the run stand as they are, whatever the lowest of them is."""
    edges = read_edges(_file(tmp_path, "1,2\n1,3\n"), 4)
    assert edges.ties.tolist() == [[1, 2], [1, 3]]
    assert [remark.partition(": ")[2].partition(": ")[2] for remark in edges.remarks] == ["1 of 4 persons have no tie"]


@pytest.mark.parametrize("kind", ["graphml", "gml"])
@pytest.mark.parametrize("named", [False, True])
def test_graphml_and_gml_are_read(tmp_path: Path, kind: str, named: bool) -> None:
    """By the ids of their nodes; names are put in place of persons in the order of the nodes, which is said."""
    graph = nx.relabel_nodes(_GRAPH, lambda node: f"p{node}") if named else _GRAPH
    path = tmp_path / f"ties.{kind}"
    (nx.write_graphml if kind == "graphml" else nx.write_gml)(graph, path)
    edges = read_edges(path, 40)
    assert {tuple(sorted(pair)) for pair in edges.ties.tolist()} == _TIES
    assert any("persons are named" in remark for remark in edges.remarks) == (named and kind == "graphml")


def test_ties_stand_in_the_order_of_the_graph(tmp_path: Path) -> None:
    """Also where one of them stands there twice."""
    assert read_edges(_file(tmp_path, "2,3\n0,1\n3,2\n1,2\n"), 4).ties.tolist() == [[2, 3], [0, 1], [1, 2]]


def test_a_number_as_high_as_there_are_persons_is_that_of_none(tmp_path: Path) -> None:
    """Of four persons, 0 to 3, a fourth called 4 is the last one; that is said."""
    edges = read_edges(_file(tmp_path, "0,4\n1,2\n"), 4)
    assert edges.ties.tolist() == [[0, 3], [1, 2]]
    assert "numbers run from 0 to 4; persons are numbered in that order from 0 to 3" in edges.remarks[0]


def test_names_are_numbered_in_order_of_appearance(tmp_path: Path) -> None:
    """Ann is the first, and who has no tie is counted."""
    edges = read_edges(_file(tmp_path, "from,to\nAnn,Bob\nBob,Cy\n"), 5)
    assert edges.ties.tolist() == [[0, 1], [1, 2]]
    assert "they are numbered in order of appearance, Ann being person 0" in edges.remarks[0]
    assert "2 of 5 persons have no tie" in edges.remarks[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no ties"),
        ("a,b\n", "holds no ties"),
        ("0,1\n1\n", "line 2: '1' has no two persons"),
        ("0,1\n1,\n", "line 2: '1,' has no two persons"),
        ("0 1 2\n1 3\n", "line 2: the line has 2 columns, others 3"),
        ("0,1\n1,2.5\n", "line 2: '2.5' stands among persons that are numbered"),
        ("0,1\n1,x\n", "line 2: 'x' stands among persons that are numbered"),
        ("-1,2\n", "line 1: '-1' stands among persons that are numbered"),
        ("a,b\n0,1\n2,3\n3,4\n", "names 5 persons, but there are 4 in this run"),
        ("0,1\n2,2\n", "line 2: person 2 is tied to himself"),
        ("99999999999999999999,1\n", "'99999999999999999999' stands among persons that are numbered"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    """The sentence names file, line, value and rule."""
    path = _file(tmp_path, text)
    with pytest.raises(InputError) as refusal:
        read_edges(path, 4)
    assert f"graph: {path}" in str(refusal.value)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("no.csv", None, "there is no such file"),
        ("b.csv", b"\xff\xfe\x00\x01", "if the file is in UTF-16, save it as UTF-8"),
        ("b.graphml", b"<graphml", "this is not GraphML"),
        ("b.graphml", b'<!DOCTYPE a [<!ENTITY b "c">]><graphml/>', "document types are not read"),
        ("b.gml", b"graph [" * 3000, "this is not GML"),
    ],
)
def test_what_is_no_graph_is_refused_in_a_sentence(tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    """No traceback of a reader, and no document that would grow while it is read."""
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said):
        read_edges(tmp_path / name, 4)


def test_a_run_uses_the_users_ties_and_no_others(tmp_path: Path) -> None:
    """Everybody's neighbours are those of the file, in both directions."""
    path = _file(tmp_path, "0,1\n1,499\n")
    with pytest.warns(UserWarning, match="497 of 500 persons have no tie"):
        scenario = Scenario.load("one-town", graph=path)
    world = DesertionModel(scenario, rng=1).world
    ties = {i: sorted(world.tie_to[world.tie_start[i] : world.tie_start[i + 1]].tolist()) for i in range(500)}
    assert {i: to for i, to in ties.items() if to} == {0: [1], 1: [0, 499], 499: [1]}
    assert any("497 of 500 persons have no tie" in note for note in scenario.notes)


@pytest.mark.filterwarnings("ignore:graph. .* persons have no tie")
def test_a_graph_of_networkx_and_pairs_stand_in_the_scenario() -> None:
    """The resolved file holds them, so that results can be had again without the program that made them."""
    for graph in (_GRAPH, list(_GRAPH.edges), nx.relabel_nodes(_GRAPH, str)):
        scenario = Scenario.load("one-town", graph=graph)
        assert scenario.graph == tuple(_GRAPH.edges)
        assert Scenario.from_toml(scenario.to_toml()) == scenario
        assert scenario.hash == Scenario.load("one-town", graph=_GRAPH).hash != Scenario.load("one-town").hash


@pytest.mark.filterwarnings("ignore:graph. .* persons have no tie")
@pytest.mark.parametrize("kind", [np.int64, str, float, np.float32, lambda node: f"{node}.0"])
def test_nodes_of_networkx_that_are_numbers_are_the_persons_of_these_numbers(kind: Callable[[int], object]) -> None:
    """Whatever type a reader of networkx gives them, and in whatever order they stand: read_edgelist gives text."""
    shuffled = nx.Graph()
    shuffled.add_edges_from((kind(a), kind(b)) for a, b in reversed(list(_GRAPH.edges)))
    scenario = Scenario.load("one-town", graph=shuffled)
    assert isinstance(scenario.graph, tuple)
    assert {tuple(sorted(pair)) for pair in scenario.graph} == _TIES
    assert not any("numbered" in note for note in scenario.notes)


@pytest.mark.filterwarnings("ignore:graph. 497 of 500")
def test_nodes_of_networkx_with_names_are_remarked() -> None:
    """In order of the nodes, as in a GraphML file; the remark stays in the resolved file."""
    named = nx.Graph([("Ann", "Bob"), ("Cy", "Ann")])
    scenario = Scenario.load("one-town", graph=named)
    assert scenario.graph == ((0, 1), (0, 2))
    said = "graph: persons are named; they are numbered in order of appearance, Ann being person 0"
    assert said in scenario.notes
    assert said in Scenario.from_toml(scenario.to_toml()).notes
    assert "497 of 500 persons have no tie" in " ".join(scenario.notes)


@pytest.mark.filterwarnings("ignore:graph. 497 of 500")
def test_nodes_of_networkx_count_from_1_as_those_of_a_file_do(tmp_path: Path) -> None:
    """Nodes without ties count too: where number 500 of 500 has none, number 1 still is person 0."""
    graph = nx.Graph([(1, 2), (2, 3)])
    graph.add_nodes_from(list[Any](range(1, 501)))
    nx.write_graphml(graph, tmp_path / "ties.graphml")
    ours = Scenario.load("one-town", graph=graph)
    assert ours.graph == ((0, 1), (1, 2))
    assert read_edges(tmp_path / "ties.graphml", 500).ties.tolist() == [[0, 1], [1, 2]]
    assert any("number 1 is taken for person 0" in note for note in ours.notes)


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([(0, "x"), (1, 2)], "'x' stands among persons that are numbered"),
        ([(0.5, 1), (1, 2)], "'0.5' stands among persons that are numbered"),
        ([(0, 1), ("1", 2)], "two nodes are called '1'; give each a name of its own"),
        ([], "holds no ties"),
    ],
)
def test_a_graph_of_networkx_that_cannot_be_meant_is_refused(edges: list[tuple[object, object]], said: str) -> None:
    """By the sentence that a file gets."""
    with pytest.raises(InputError, match=said):
        Scenario.load("one-town", graph=nx.Graph(edges))


@pytest.mark.parametrize("graph", [3, [(0, 1, 2)], [(0, 1.5)], [(0, float("inf"))], {"a": 1}])
def test_what_is_no_graph_in_python_is_refused(graph: object) -> None:
    """The sentence says what may stand there."""
    with pytest.raises(InputError, match="must be a path, a networkx graph, or pairs of person numbers"):
        Scenario.load("one-town", graph=graph)


def test_a_graph_is_refused_at_another_size(tmp_path: Path) -> None:
    """Persons are named one by one, so that a tenth of them is no graph."""
    with pytest.raises(InputError, match=r"scale = 0\.5 does not go with a graph"):
        Scenario.load("one-town", graph=_file(tmp_path, "0,1\n"), scale=0.5)


def test_a_graph_may_need_more_people_than_the_file_has_as_long_as_the_run_has_them(tmp_path: Path) -> None:
    """People are added after loading; without them the run is refused before it begins."""
    ties = _file(tmp_path, "".join(f"{i},{i + 1}\n" for i in range(599)))
    (tmp_path / "own.toml").write_text(f'extends = "one-town"\ngraph = "{ties.name}"\n')
    scenario = Scenario.load(tmp_path / "own.toml", days=2)
    more = scenario.with_({"forces.town.reservists": 600, "forces.town.community": 600})
    assert DesertionModel(more, rng=1).run().day == 2
    with pytest.raises(InputError, match="there are 500 in this run"):
        DesertionModel(scenario, rng=1)
